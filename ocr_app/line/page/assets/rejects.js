"use strict";
(() => {
  // A picture that was removed meanwhile, or that is damaged, is said in words.
  const list = document.getElementById("rejects-list");
  const say = (image) => {
    const words = document.createElement("span");
    words.textContent = list.dataset.none;
    image.replaceWith(words);
  };
  for (const image of list ? list.querySelectorAll("img") : []) {
    if (image.complete && image.naturalWidth === 0) say(image);
    else image.addEventListener("error", () => say(image));
  }
})();
