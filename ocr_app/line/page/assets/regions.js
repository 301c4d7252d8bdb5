"use strict";
(() => {
  // The fields are what is sent; drawing with mouse, pen or finger fills them in, and they are drawn as they change.
  const SVG = "http://www.w3.org/2000/svg", LEAST = 8, MOST = 16;
  const texts = JSON.parse(document.body.dataset.texts);
  const at = (id) => document.getElementById(id);
  const list = at("regions"), drawing = at("drawing");
  const say = (key, values) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const inputs = (region) => [...region.querySelectorAll("input")];
  const all = () => [...list.querySelectorAll(".region")];

  function draw() {
    at("no-regions").hidden = all().length > 0;
    at("add").disabled = all().length >= MOST;
    all().forEach((region, index) => {
      region.querySelector("legend").textContent = say("regions.one", { number: index + 1 });
      region.querySelector(".remove").setAttribute("aria-label", say("regions.remove.one", { number: index + 1 }));
    });
    if (!drawing) return;
    drawing.replaceChildren();
    all().forEach((region, index) => {
      const [x, y, width, height] = inputs(region).map((input) => input.valueAsNumber);
      if (!(width > 0 && height > 0)) return;
      const box = document.createElementNS(SVG, "rect");
      for (const [name, value] of Object.entries({ x, y, width, height })) box.setAttribute(name, value);
      if (region.contains(document.activeElement)) box.classList.add("active");
      const label = document.createElementNS(SVG, "text");
      label.setAttribute("x", x);
      label.setAttribute("y", y - 4);
      label.setAttribute("font-size", drawing.viewBox.baseVal.width / 40);
      label.textContent = index + 1;
      drawing.append(box, label);
    });
  }

  function add(values) {
    if (all().length >= MOST) return null;
    const region = at("region-template").content.firstElementChild.cloneNode(true);
    inputs(region).forEach((input, index) => { input.value = values[index]; });
    list.append(region);
    draw();
    return region;
  }

  list.addEventListener("input", draw);
  list.addEventListener("focusin", draw);
  list.addEventListener("click", (event) => {
    if (!event.target.classList.contains("remove")) return;
    const region = event.target.closest(".region"), next = region.nextElementSibling || region.previousElementSibling;
    region.remove();
    (next ? next.querySelector("input") : at("add")).focus();
    draw();
  });
  at("add").addEventListener("click", () => {
    const size = drawing ? drawing.viewBox.baseVal : { width: 640, height: 480 };
    const region = add([0.25 * size.width, 0.45 * size.height, 0.5 * size.width, 0.1 * size.height].map(Math.round));
    if (region) region.querySelector("input").focus();
  });

  let began = null, drawn = null;
  const place = (event) => {
    const box = drawing.getBoundingClientRect(), size = drawing.viewBox.baseVal;
    const inside = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
    return [inside((event.clientX - box.left) * size.width / box.width, size.width), inside((event.clientY - box.top) * size.height / box.height, size.height)];
  };
  drawing?.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    began = place(event);
    drawing.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  drawing?.addEventListener("pointermove", (event) => {
    if (!began) return;
    const [x, y] = place(event), width = Math.abs(x - began[0]), height = Math.abs(y - began[1]);
    if (!drawn && (width < LEAST || height < LEAST)) return;
    drawn = drawn || add([0, 0, 1, 1]);
    if (!drawn) { began = null; return; }
    const values = [Math.min(x, began[0]), Math.min(y, began[1]), Math.max(1, width), Math.max(1, height)];
    inputs(drawn).forEach((input, index) => { input.value = values[index]; });
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    drawing?.addEventListener(end, () => { began = drawn = null; });
  }
  if (drawing) {
    const size = drawing.viewBox.baseVal;
    at("canvas").style.width = "min(100%, " + 65 * size.width / size.height + "vh)"; // all of it is in the window
  }
  draw();
})();
