"use strict";
(() => {
  // Alarms, state and waiting parts as they are now; what people did is as old as the page.
  const texts = JSON.parse(document.body.dataset.texts);
  const at = (id) => document.getElementById(id);
  const put = (its, text) => { if (its && its.textContent !== text) its.textContent = text; };
  const say = (key, values) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const list = at("alarms");

  function answer(item, alarm) {
    const note = item.querySelector(".answer"), form = item.querySelector("form"), hint = item.querySelector(".hint");
    const answered = alarm.answer !== null;
    item.classList.toggle("answered", answered);
    note.hidden = !answered;
    if (answered) put(note, alarm.answer.told);
    if (form) form.hidden = answered;
    if (hint) hint.hidden = answered;
  }

  function made(alarm) {
    const item = at("alarm-template").content.firstElementChild.cloneNode(true);
    item.id = "alarm-" + alarm.code;
    put(item.querySelector("h3"), alarm.title);
    put(item.querySelector(".means"), alarm.means);
    put(item.querySelector(".what"), alarm.remedy);
    const field = item.querySelector("input[name=alarm]"), button = item.querySelector("button");
    if (field) field.value = alarm.code;
    if (button) button.setAttribute("aria-label", texts["health.acknowledge"] + ": " + alarm.title);
    return item;
  }

  function show(event) {
    const health = event.health, codes = health.alarms.map((alarm) => "alarm-" + alarm.code);
    for (const item of [...list.children]) if (!codes.includes(item.id)) item.remove();
    for (const alarm of health.alarms) {
      let item = at("alarm-" + alarm.code);
      if (!item) { item = made(alarm); list.append(item); }
      answer(item, alarm);
    }
    at("alarms-heading").hidden = list.hidden = health.alarms.length === 0;
    at("no-alarms").hidden = health.alarms.length !== 0 || !health.ready;
    at("not-ready").hidden = health.ready;
    put(at("not-ready"), say("health.not-ready", { state: health.state }));
    put(at("fact-state"), health.state);
    put(at("fact-waiting"), String(event.under_way));
    put(at("fact-product"), event.product);
  }

  let heard = Date.now();
  const source = new EventSource("/events");
  source.onmessage = (message) => { heard = Date.now(); at("lost").hidden = true; show(JSON.parse(message.data)); };
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) location.reload(); };
  setInterval(() => { if (Date.now() - heard > 4000) at("lost").hidden = false; }, 500);
})();
