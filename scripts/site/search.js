// The search of the site: its field in the header, and the list below it. INDEX stands above, written by scripts/site/search.lua:
// [name, path from the root of the site, page, first sentence, words of the whole text]. Works from files as well as from a server.
(function () {
  "use strict";

  const MOST = 20; // results shown
  const NAMED = 60, MISSING = 20; // what a word scores that begins in the name, and what one costs that is not there
  const root = new URL(".", document.currentScript.src);
  const entries = INDEX.map(function (each) {
    return {
      name: each[0], path: each[1], page: each[2], text: each[3],
      lowName: each[0].toLowerCase(), lowPage: each[2].toLowerCase(), lowText: each[3].toLowerCase(), words: " " + each[4] + " ",
    };
  });

  // How well a word of the query, in lower case, fits an entry: 0 where it does not.
  function fit(word, entry) {
    const at = entry.lowName.indexOf(word);
    if (entry.lowName === word) return 100;
    if (at >= 0) {
      const begins = at === 0 || /[^a-z0-9]/.test(entry.lowName[at - 1]);
      const ends = at + word.length === entry.lowName.length;
      return begins && ends ? 90 : begins ? NAMED : 25;
    }
    if ((" " + entry.lowText).includes(" " + word)) return 16;
    if (entry.words.includes(" " + word + " ")) return 12;
    if (entry.words.includes(" " + word) || entry.lowPage.includes(word)) return 8;
    return entry.lowText.includes(word) ? 3 : 0;
  }

  // What every word of the query fits, and what has one of them in its name: {entry, score, all (whether every word fits)}, the best
  // first; of equals the shorter name, then the order of the index. A word counts the more the fewer entries have it.
  function search(query) {
    const words = query.toLowerCase().split(/[\s()"'`,]+/).filter(Boolean);
    const fits = words.map(function (word) { return entries.map(function (entry) { return fit(word, entry); }); });
    const weights = fits.map(function (each) { return Math.log(1 + entries.length / Math.max(1, each.filter(Boolean).length)); });
    const found = entries.map(function (entry, order) {
      const scores = fits.map(function (each) { return each[order]; });
      const sum = scores.reduce(function (before, score, k) { return before + weights[k] * (score || -MISSING); }, 0);
      return { entry: entry, order: order, all: scores.every(Boolean), named: Math.max(0, ...scores) >= NAMED, score: sum };
    }).filter(function (each) { return words.length > 0 && (each.all || each.named); });
    return found.sort(function (a, b) {
      return b.score - a.score || a.entry.name.length - b.entry.name.length || a.order - b.order;
    });
  }

  const form = document.querySelector("form.search");
  const field = form.querySelector("input");
  const list = form.querySelector("ol");
  let active = -1;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function choose(number) {
    const items = list.querySelectorAll("[role=option]");
    if (items.length === 0) return;
    active = (number + items.length) % items.length;
    items.forEach(function (item, i) { item.setAttribute("aria-selected", String(i === active)); });
    field.setAttribute("aria-activedescendant", items[active].id);
    items[active].scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function show() {
    const query = field.value.trim();
    close();
    list.replaceChildren();
    if (query === "") return;
    const found = search(query);
    if (found.length > 0 && !found.some(function (each) { return each.all; })) list.append(element("li", "none", "Nothing has all of these words; nearest to them:"));
    found.slice(0, MOST).forEach(function (each, i) {
      const entry = each.entry;
      const item = element("li");
      item.id = "search-result-" + (i + 1);
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const link = element("a");
      link.href = new URL(entry.path, root).href;
      link.tabIndex = -1;
      link.append(element("b", "", entry.name));
      if (entry.page !== entry.name) link.append(" ", element("small", "", entry.page));
      if (entry.text) link.append(element("span", "", entry.text));
      item.append(link);
      list.append(item);
    });
    if (found.length === 0) list.append(element("li", "none", "Nothing found."));
    else if (found.length > MOST) list.append(element("li", "none", "And " + (found.length - MOST) + " more: another word finds fewer."));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
  }

  field.addEventListener("input", show);
  field.addEventListener("focus", show);
  field.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) show();
      choose(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      event.preventDefault();
    } else if (event.key === "Tab") {
      close();
    } else if (event.key === "Escape") {
      if (list.hidden) field.value = "";
      close();
      event.preventDefault();
    }
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const link = list.querySelectorAll("a")[Math.max(0, active)];
    if (link) {
      close();
      location.href = link.href;
    }
  });
  list.addEventListener("click", function (event) {
    if (event.target.closest("a")) close();
  });
  document.addEventListener("click", function (event) {
    if (!form.contains(event.target)) close();
  });
  document.addEventListener("keydown", function (event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      field.focus();
      field.select();
      event.preventDefault();
    }
  });
  form.hidden = false;
})();
