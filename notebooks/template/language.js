// Language switch: the page holds its texts in all languages and shows one of them.
(() => {
  const group = document.querySelector(".languages");
  const languages = [...group.children].map(button => button.lang);
  const stored = () => { try { return localStorage.getItem("language"); } catch { return null; } };
  const store = language => { try { localStorage.setItem("language", language); } catch { /* not available to pages opened from a file */ } };

  function show(language) {
    document.documentElement.lang = language;
    for (const text of document.querySelectorAll("[data-translation]"))
      text.style.display = text.getAttribute("lang") === language ? "" : "none";
    for (const attribute of ["alt", "aria-label", "data-label", "label", "title"])
      for (const element of document.querySelectorAll(`[data-in-${attribute}]`))
        element.setAttribute(attribute, JSON.parse(element.getAttribute(`data-in-${attribute}`))[language]);
    for (const button of group.children) button.setAttribute("aria-pressed", button.lang === language);
  }

  for (const button of group.children)
    button.addEventListener("click", () => { show(button.lang); store(button.lang); });
  const wanted = [stored(), ...navigator.languages.map(tag => tag.split("-")[0])];
  show(wanted.find(language => languages.includes(language)) ?? languages[0]);
  group.hidden = languages.length < 2;
})();
