// Folds what agrees, and filters. Everything can be read without this script.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;
  const form = one(".filters");
  const search = one("#search");
  const only = one("#only");
  const unfold = one("#unfold");

  const groups = all(".group").map((element) => ({ element, fold: one(".fold", element) }));
  const chunks = all(".chunk").map((element) => ({
    element,
    title: all(".title, tfoot", element).map((each) => each.textContent).join(" ").toLowerCase(),
    facts: [...one("tbody", element).rows].map((row) => ({
      row,
      words: null,
      differs: row.matches(".is-different, .is-missing"),
    })),
  }));
  const total = chunks.reduce((sum, chunk) => sum + chunk.facts.length, 0);

  const words = (fact) => (fact.words ??= fact.row.textContent.toLowerCase());

  // What the filter leaves out is hidden by the class `only`; what the search leaves out, row by row.
  function apply() {
    const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const searching = terms.length > 0;
    let found = 0;
    for (const { element, title, facts } of chunks) {
      let here = 0;
      for (const fact of facts) {
        const fits = terms.every((term) => title.includes(term) || words(fact).includes(term));
        fact.row.hidden = !fits;
        if (fits && (!only.checked || fact.differs)) here += 1;
      }
      element.hidden = searching && here === 0;
      found += here;
    }
    root.classList.toggle("only", only.checked);
    root.classList.toggle("searching", searching);
    root.classList.toggle("folding", !searching);
    const filtering = searching || only.checked;
    document.body.classList.toggle("filtering", filtering);
    one("#none").hidden = found > 0;
    one("#shown").textContent = filtering ? `${found} of ${total} facts` : `${total} facts`;
  }

  function open(group, wanted) {
    group.element.classList.toggle("open", wanted);
    if (group.fold) group.fold.setAttribute("aria-expanded", String(wanted));
  }

  function keys(event) {
    const typing = event.target === search;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.body.classList.contains("filtering")) {
      event.preventDefault();
      form.reset();
      apply();
    } else if (event.key === "Escape" && typing) {
      search.blur();
    }
  }

  function hint() {
    for (const region of all(".scroll.sides")) {
      region.previousElementSibling.hidden = region.scrollWidth <= region.clientWidth + 1;
    }
  }

  for (const group of groups) {
    open(group, false);
    if (!group.fold) continue;
    group.fold.hidden = false;
    group.fold.addEventListener("click", () => open(group, !group.element.classList.contains("open")));
  }
  unfold.addEventListener("click", () => {
    const wanted = unfold.getAttribute("aria-pressed") !== "true";
    unfold.setAttribute("aria-pressed", String(wanted));
    for (const group of groups) open(group, wanted);
  });
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", keys);
  addEventListener("resize", hint);
  form.hidden = false;
  apply();
  hint();
})();
