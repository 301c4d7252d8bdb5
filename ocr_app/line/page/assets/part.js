"use strict";
(() => {
  const viewer = document.getElementById("viewer"), zoomed = document.getElementById("zoomed");
  const MOST = 8, STEP = 1.5;
  let zoom = 1;

  function to(wanted) {
    if (!viewer) return;
    const old = zoom, x = viewer.scrollLeft + viewer.clientWidth / 2, y = viewer.scrollTop + viewer.clientHeight / 2;
    zoom = Math.min(MOST, Math.max(1, wanted));
    zoomed.style.width = zoom * 100 + "%";
    viewer.scrollLeft = x * zoom / old - viewer.clientWidth / 2;
    viewer.scrollTop = y * zoom / old - viewer.clientHeight / 2;
  }

  const press = (id, work) => document.getElementById(id)?.addEventListener("click", work);
  press("zoom-in", () => to(zoom * STEP));
  press("zoom-out", () => to(zoom / STEP));
  press("zoom-fit", () => to(1));
  document.getElementById("show-quads")?.addEventListener("change", (event) => {
    document.getElementById("frame-quads").toggleAttribute("hidden", !event.target.checked);
  });
  viewer?.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") to(zoom * STEP);
    if (event.key === "-") to(zoom / STEP);
    if (event.key === "0") to(1);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target === viewer || event.ctrlKey || event.altKey || event.metaKey) return;
    const link = event.key === "ArrowRight" ? "older" : event.key === "ArrowLeft" ? "newer" : "";
    if (link) document.getElementById(link)?.click();
  });
})();
