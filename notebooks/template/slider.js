// Filmstrip: shows one frame at a time, with a slider to choose it.
for (const strip of document.querySelectorAll(".filmstrip:has(.slider)")) {
  const frames = [...strip.querySelectorAll("figure")], slider = strip.querySelector("input");

  function show() {
    frames.forEach((frame, i) => frame.classList.toggle("shown", i === slider.valueAsNumber));
    slider.setAttribute("aria-valuetext", frames[slider.valueAsNumber].querySelector("figcaption").innerText);
  }

  strip.classList.add("live");
  strip.querySelector(".slider").hidden = false;
  slider.addEventListener("input", show);
  // The caption follows the language of the page.
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["lang"] });
  show();
}
