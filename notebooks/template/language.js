// The languages of the page: its texts stand in it in all of them, and one is shown.
(() => {
  const group = document.querySelector(".languages");
  const languages = [...group.children].map(button => button.lang);
  const kept = () => { try { return localStorage.getItem("language"); } catch { return null; } };
  const keep = language => { try { localStorage.setItem("language", language); } catch { /* a page from a file may not */ } };

  function show(language) {
    document.documentElement.lang = language;
    for (const said of document.querySelectorAll("[data-said]"))
      said.style.display = said.getAttribute("lang") === language ? "" : "none";
    for (const attribute of ["alt", "aria-label", "data-label", "title"])
      for (const element of document.querySelectorAll(`[data-in-${attribute}]`))
        element.setAttribute(attribute, JSON.parse(element.getAttribute(`data-in-${attribute}`))[language]);
    for (const button of group.children) button.setAttribute("aria-pressed", button.lang === language);
  }

  for (const button of group.children)
    button.addEventListener("click", () => { show(button.lang); keep(button.lang); });
  const wanted = [kept(), ...navigator.languages.map(tag => tag.split("-")[0])];
  show(wanted.find(language => languages.includes(language)) ?? languages[0]);
  group.hidden = languages.length < 2;
})();
