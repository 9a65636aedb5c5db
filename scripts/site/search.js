// The search of the site: its field in the header, and the list below it. INDEX stands above, written by scripts/site/search.lua:
// [name, path from the root of the site, page, first sentence, further words]. Works from files as well as from a server.
(function () {
  "use strict";

  const MOST = 20; // results shown
  const root = new URL(".", document.currentScript.src);
  const entries = INDEX.map(function (each) {
    return {
      name: each[0], path: each[1], page: each[2], text: each[3],
      lowName: each[0].toLowerCase(), lowPage: each[2].toLowerCase(), lowText: each[3].toLowerCase(), words: " " + each[4].toLowerCase() + " ",
    };
  });

  // How well a word of the query, in lower case, fits an entry: 0 where it does not.
  function fit(word, entry) {
    const at = entry.lowName.indexOf(word);
    if (entry.lowName === word) return 100;
    if (at >= 0) {
      const begins = at === 0 || /[^a-z0-9]/.test(entry.lowName[at - 1]);
      const ends = at + word.length === entry.lowName.length;
      return begins && ends ? 90 : begins ? 60 : 25;
    }
    if (entry.words.includes(" " + word + " ")) return 22;
    if (entry.words.includes(" " + word)) return 14;
    const inText = entry.lowText.indexOf(word);
    if (inText >= 0) return inText === 0 || /[^a-z0-9]/.test(entry.lowText[inText - 1]) ? 12 : 3;
    return entry.lowPage.includes(word) ? 8 : 0;
  }

  // The entries that every word of the query fits, the best first; of equals the shorter name, then the order of the index.
  function search(query) {
    const words = query.toLowerCase().split(/[\s()"'`,]+/).filter(Boolean);
    if (words.length === 0) return [];
    const found = [];
    entries.forEach(function (entry, order) {
      let sum = 0;
      for (const word of words) {
        const score = fit(word, entry);
        if (score === 0) return;
        sum += score;
      }
      found.push({ entry: entry, score: sum, order: order });
    });
    found.sort(function (a, b) {
      return b.score - a.score || a.entry.name.length - b.entry.name.length || a.order - b.order;
    });
    return found.map(function (each) { return each.entry; });
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
    found.slice(0, MOST).forEach(function (entry, i) {
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
