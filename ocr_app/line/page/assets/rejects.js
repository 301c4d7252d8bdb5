"use strict";
(() => {
  // A picture that was removed meanwhile, or that is damaged, is said in words.
  const say = (image) => {
    const words = document.createElement("span");
    words.textContent = image.closest("[data-none]").dataset.none;
    image.replaceWith(words);
  };
  for (const image of document.querySelectorAll("[data-none] img")) {
    if (image.complete && image.naturalWidth === 0) say(image);
    else image.addEventListener("error", () => say(image));
  }
})();
