// Search, filters, copying, and links that open what they point to. Everything else works without this script.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = one(".filters");
  const search = one("#search");
  const shown = one("#shown");
  const section = one("#findings");

  // A finding's own words: those of its consequences belong to them.
  const findings = all("[data-finding]").map((element) => ({
    element,
    cause: element.parentElement.closest("[data-finding]"),
    problem: element.closest(".problem"),
    words: null,
    fits: true,
  }));
  const problems = all(".problem").map((element) => ({ element, own: all("[data-finding]", element) }));
  const groups = all(".group").map((element) => ({
    element,
    count: one(".count", element),
    unit: one(".problem", element) ? ".problem" : "[data-finding]",
    total: all(one(".problem", element) ? ".problem" : "[data-finding]", element).length,
    folded: one(".folded", element),
  }));

  function words(finding) {
    if (finding.words === null) {
      const own = finding.element.matches(".says") ? [finding.element] : all(".says", finding.element);
      finding.words = own
        .filter((part) => part.closest("[data-finding]") === finding.element)
        .concat(finding.problem ? [one(".problem-says", finding.problem)] : [])
        .map((part) => part.textContent)
        .join(" ")
        .replace(/\s+/g, " ")
        .toLowerCase();
    }
    return finding.words;
  }

  function wanted() {
    const chosen = new FormData(form);
    return {
      terms: search.value.toLowerCase().split(/\s+/).filter(Boolean),
      severities: chosen.getAll("severity"),
      equal: ["area", "service", "status", "change"].map((key) => [key, chosen.get(key)]).filter(([, value]) => value),
      environment: chosen.get("environments"),
    };
  }

  function fits(finding, want) {
    const data = finding.element.dataset;
    return (
      (want.severities.length === 0 || want.severities.includes(data.severity)) &&
      want.equal.every(([key, value]) => data[key] === value) &&
      (!want.environment || data.environments.split(" ").includes(want.environment)) &&
      want.terms.every((term) => words(finding).includes(term))
    );
  }

  function apply() {
    const want = wanted();
    const filtering = want.terms.length + want.severities.length + want.equal.length > 0 || Boolean(want.environment);
    const wasFiltering = document.body.classList.contains("filtering");
    const fitting = new Set();
    const causes = new Set();
    for (const finding of findings) {
      finding.fits = fits(finding, want);
      if (finding.fits) {
        fitting.add(finding.element);
        if (finding.cause) causes.add(finding.cause);
      }
    }
    for (const finding of findings) {
      // A cause stays in sight above a consequence that fits.
      const context = !finding.fits && causes.has(finding.element);
      finding.element.hidden = !finding.fits && !context;
      finding.element.classList.toggle("context", context);
      if (context) one("details", finding.element).open = true;
    }
    for (const problem of problems) {
      problem.element.hidden = filtering && !problem.own.some((element) => fitting.has(element));
      if (!problem.element.hidden) fitting.add(problem.element);
      // What was looked for is in the evidence.
      if (filtering !== wasFiltering) one(":scope > details", problem.element).open = filtering;
    }
    for (const group of groups) {
      const count = all(group.unit, group.element).filter((element) => fitting.has(element)).length;
      group.element.hidden = filtering && count === 0;
      group.count.textContent = filtering ? `${count} of ${group.total}` : group.total;
      if (group.folded) group.folded.open = filtering && count > 0;
    }
    document.body.classList.toggle("filtering", filtering);
    one("#clear").disabled = !filtering;
    const count = findings.filter((finding) => finding.fits).length;
    one("#none").hidden = count > 0 || findings.length === 0;
    shown.textContent = filtering ? `${count} of ${findings.length} findings` : `${findings.length} findings`;
    sayAllOpen();
  }

  function reset() {
    form.reset();
    apply();
  }

  const inSight = () => all(".problem > details, .finding > details", section).filter((each) => !each.closest("[hidden]"));

  function sayAllOpen() {
    const details = inSight();
    one("#all-open").disabled = details.length === 0;
    one("#all-open").textContent = details.every((each) => each.open) ? "Close all" : "Open all";
  }

  // A link to a finding shows it: what hides or folds it gives way.
  function reveal() {
    let name = location.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      // Not encoded: the name is the address itself.
    }
    const target = name && document.getElementById(name);
    if (!target) return;
    if (target.closest("[hidden]")) reset();
    for (let at = target; at; at = at.parentElement) if (at.matches("details")) at.open = true;
    const own = one(":scope > details", target);
    if (own) own.open = true;
    target.scrollIntoView();
  }

  function filterByCell(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { area, service, environment } = event.currentTarget.dataset;
    event.preventDefault();
    form.reset();
    form.elements.area.value = area;
    form.elements.service.value = service;
    form.elements.environments.value = environment;
    form.elements.status.value = "open";
    apply();
    section.scrollIntoView();
    one("#findings-title").focus({ preventScroll: true });
  }

  async function copy(event) {
    const button = event.currentTarget;
    const code = one("code", button.parentElement);
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }

  function keys(event) {
    const typing = event.target.matches("input[type=search], select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.body.classList.contains("filtering")) {
      event.preventDefault();
      reset();
    } else if (event.key === "Escape" && typing) {
      event.target.blur();
    }
  }

  function hint() {
    for (const each of all(".sideways")) {
      const table = each.nextElementSibling;
      each.hidden = table.scrollWidth <= table.clientWidth + 1;
    }
  }

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  one("#clear").addEventListener("click", () => {
    reset();
    search.focus();
  });
  one("#all-open").addEventListener("click", () => {
    const open = inSight().some((details) => !details.open);
    for (const details of inSight()) details.open = open;
    sayAllOpen();
  });
  one("#more-filters").addEventListener("click", (event) => {
    const unfolded = one("#choices").classList.toggle("unfolded");
    event.currentTarget.setAttribute("aria-expanded", String(unfolded));
  });
  for (const chip of all(".chip")) chip.addEventListener("click", filterByCell);
  for (const button of all(".copy")) {
    button.hidden = false;
    button.addEventListener("click", copy);
  }
  document.addEventListener("keydown", keys);
  addEventListener("hashchange", reveal);
  addEventListener("resize", hint);
  form.hidden = false;
  hint();
  apply();
  reveal();
})();
