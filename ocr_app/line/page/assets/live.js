"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const STALE_MS = 4000, HOURS_MS = 60000;
  const texts = JSON.parse(document.body.dataset.texts);
  const at = (id) => document.getElementById(id);
  const say = (key, values) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const percent = (share) => (Math.floor(share * 1000) / 10).toFixed(1) + " %";
  const took = (ms) => ms < 1000 ? Math.round(ms) + " ms" : (ms / 1000).toFixed(1) + " s";
  const clock = (wall) => new Date(wall * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const verdict = at("verdict"), image = at("frame-image"), quads = at("frame-quads");
  let heard = Date.now(), shown = null, latest = null, recent = "", dotted = new Map();

  const put = (id, text) => { const its = at(id); if (its.textContent !== text) its.textContent = text; };
  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  function showVerdict(kind, word) {
    verdict.className = "verdict " + kind;
    put("verdict-word", word);
  }

  function showReasons(reasons) {
    at("verdict-reasons").replaceChildren(...reasons.slice(0, 3).map((text) => element("li", text)));
  }

  function showPart(part) {
    if (part === null) return showNothing(texts["verdict.none"], texts["live.no-part"]);
    if (shown === part.number) return;
    shown = part.number;
    showVerdict(part.verdict, texts["verdict." + part.verdict]);
    put("verdict-text", part.text);
    const why = part.reasons.filter((reason) => !reason.code.startsWith("degraded:"));
    showReasons(why.length ? why.map((reason) => reason.text) : part.verdict === "pass" ? [texts["live.passed"]] : []);
    put("verdict-remedy", why.length ? why[0].remedy : "");
    const link = at("verdict-number");
    link.textContent = say("live.part", { number: part.number });
    link.href = "/parts/" + part.number;
    link.hidden = false;
    showFrame(part);
  }

  function showFrame(part) {
    const has = part.size !== null;
    image.hidden = !has;
    quads.replaceChildren();
    put("frame-caption", has ? [say("live.part", { number: part.number }), part.name, took(part.ms)].filter(Boolean).join(" · ") : texts["live.no-frame"]);
    if (!has) return image.removeAttribute("src");
    image.src = "/frames/" + part.number + ".jpg";
    image.alt = texts["live.frame"] + ": " + part.text;
    quads.setAttribute("viewBox", "0 0 " + part.size[0] + " " + part.size[1]);
    for (const line of part.lines) {
      const polygon = document.createElementNS(SVG, "polygon");
      polygon.setAttribute("points", line.quad.map((point) => point.join(",")).join(" "));
      quads.append(polygon);
    }
  }

  function showNothing(word, why) {
    shown = null;
    showVerdict("none", word);
    put("verdict-text", "");
    put("verdict-remedy", "");
    showReasons([why]);
    at("verdict-number").hidden = true;
    image.hidden = true;
    quads.replaceChildren();
    put("frame-caption", texts["live.no-frame"]);
  }

  function showSpans(spans) {
    at("spans").hidden = spans.length < 2;
    for (const span of spans) {
      at("span-" + span.name).hidden = false;
      put("span-" + span.name + "-label", span.label ? say("span." + span.name + ".of", { label: span.label }) : texts["span." + span.name]);
    }
    const chosen = document.querySelector("input[name=span]:checked").value;
    return spans.find((span) => span.name === chosen) || spans[0];
  }

  function showCounters(event) {
    latest = event;
    const span = showSpans(event.spans);
    put("count-total", String(span.total));
    for (const name of ["pass", "fail", "no-read", "hold"]) put("count-" + name, String(span.counts[name]));
    put("count-yield", span.yield === null ? "–" : percent(span.yield));
    const isOld = Date.now() / 1000 - span.since > 72000;
    put("count-since", say("live.since", { time: (isOld ? new Date(span.since * 1000).toLocaleDateString() + " " : "") + clock(span.since) }));
    const latency = event.latency_ms;
    put("count-latency", "p50" in latency ? took(latency.p50) : "–");
    put("count-latency-detail", "p95" in latency ? say("count.latency.detail", { p95: took(latency.p95) }) : "");
  }

  function showRecent(parts) {
    const key = parts.map((part) => part[0]).join();
    if (key === recent) return;
    recent = key;
    const kept = new Map();
    for (const [number, kind] of parts.slice().reverse()) {
      let item = dotted.get(number);
      if (!item) {
        item = element("li");
        const link = element("a", "", kind);
        link.href = "/parts/" + number;
        link.setAttribute("aria-label", say("live.part", { number }) + ": " + texts["verdict." + kind]);
        link.title = link.getAttribute("aria-label");
        link.append(at("sign-" + kind).firstElementChild.cloneNode(true));
        item.append(link);
      }
      kept.set(number, item);
    }
    dotted = kept;
    const list = at("recent"), focused = document.activeElement;
    list.replaceChildren(...kept.values());
    if (list.contains(focused)) focused.focus();
  }

  function showAlarms(health) {
    const open = health.alarms.filter((alarm) => alarm.answer === null);
    const bar = at("alarm-bar");
    bar.hidden = open.length === 0 && health.ready;
    const titles = open.map((alarm) => alarm.title);
    if (!health.ready) titles.unshift(texts["state.not-ready"]);
    put("alarm-text", titles.join(" · "));
  }

  function showHours(hours) {
    at("hours").replaceChildren(...hours.map((hour) => {
      const item = element("li"), svg = document.createElementNS(SVG, "svg"), share = hour.parts ? hour.passed / hour.parts : 0;
      svg.setAttribute("viewBox", "0 0 10 100");
      svg.setAttribute("preserveAspectRatio", "none");
      svg.setAttribute("role", "img");
      const label = hour.parts ? say("live.hours.value", { share: percent(share), parts: hour.parts }) : texts["live.hours.none"];
      svg.setAttribute("aria-label", clock(hour.at) + ": " + label);
      for (const [kind, height] of [["back", 100], ["bar-of", share * 100]]) {
        const bar = document.createElementNS(SVG, "rect");
        bar.setAttribute("class", kind);
        bar.setAttribute("width", 10);
        bar.setAttribute("y", 100 - height);
        bar.setAttribute("height", height);
        svg.append(bar);
      }
      item.append(svg, element("span", hour.parts ? Math.floor(share * 100) + "%" : "–"), element("span", String(new Date(hour.at * 1000).getHours()), "at"));
      item.title = label;
      return item;
    }));
  }

  async function askHours() {
    try {
      const answer = await fetch("/hours.json", { headers: { Accept: "application/json" } });
      if (answer.ok) showHours(await answer.json());
    } catch (_) { /* the next try is in a minute; a lost connection is shown by the verdict */ }
  }

  function lost() {
    document.body.classList.add("lost");
    showNothing(texts["verdict.lost"], texts["live.lost"]);
  }

  const source = new EventSource("/events");
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    heard = Date.now();
    document.body.classList.remove("lost");
    showPart(event.part);
    showCounters(event);
    showRecent(event.recent);
    showAlarms(event.health);
  };
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) location.reload(); };
  image.onerror = () => { image.hidden = true; quads.replaceChildren(); };
  setInterval(() => { if (Date.now() - heard > STALE_MS) lost(); }, 500);
  at("spans").addEventListener("change", () => { if (latest) showCounters(latest); });
  setInterval(askHours, HOURS_MS);
  askHours();
})();
