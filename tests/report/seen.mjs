// Copyright (c) mlops.elastic contributors (@mlops-elastic)
// SPDX-License-Identifier: GPL-3.0-or-later

/** What there is on a page; runs inside of it, and so refers to nothing outside. */
export function seen() {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const isShown = (element) => element.getClientRects().length > 0;

  const colour = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const over = (top, bottom) => {
    const mixed = (name) => top[name] * top.alpha + bottom[name] * (1 - top.alpha);
    return { red: mixed("red"), green: mixed("green"), blue: mixed("blue"), alpha: 1 };
  };
  const behind = (element) => {
    if (!element) return { red: 255, green: 255, blue: 255, alpha: 1 };
    const own = colour(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own : over(own, behind(element.parentElement));
  };
  const luminance = ({ red, green, blue }) => {
    const linear = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const contrast = (element) => {
    const ground = behind(element);
    const ink = over(colour(getComputedStyle(element).color), ground);
    const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && isShown(element)) texts.push(element);
  }
  const contrasts = [...new Set(texts)].map((element) => ({ text: words(element), ratio: contrast(element) }));

  const width = document.documentElement.clientWidth;
  const rows = (table) =>
    all("tbody tr", table).map((row) => ({
      id: words(row.querySelector(".id")),
      shown: isShown(row),
      troubled: row.classList.contains("troubled"),
      cells: Object.fromEntries(all("td", row).map((cell) => [cell.dataset.label, words(cell)])),
    }));

  return {
    title: document.title,
    language: document.documentElement.lang,
    ground: contrasts.length && behind(document.body),
    contrasts: contrasts.filter(({ ratio }) => ratio < 4.5),
    lowest: Math.min(...contrasts.map(({ ratio }) => ratio)),
    overflow: Math.max(document.documentElement.scrollWidth - width, 0),
    wide: all("body *").filter((element) => element.getBoundingClientRect().right > width + 1).map(words),
    headings: all("h1, h2, h3").map((heading) => [Number(heading.tagName[1]), words(heading)]),
    problems: all(".problems > li").map((item) => ({
      id: words(item.querySelector(".id")),
      hint: words(item.querySelector(".hint")),
      messages: all(".messages li", item).map(words),
    })),
    tables: Object.fromEntries(all("table.listing").map((table) => [table.closest("section").id, rows(table)])),
    legends: Object.fromEntries(all(".tile h3").map((heading) => [words(heading), words(heading.parentElement)])),
    bars: all("table.bars").map((table) => all("tbody tr", table).map(words)),
    unlabelled: all("table").filter((table) => !table.caption || !table.querySelector("th[scope=row]")).length,
    doubled: all("[id]").map((element) => element.id).filter((id, place, ids) => ids.indexOf(id) !== place),
    dangling: all("a").filter((link) => !document.getElementById(link.hash.slice(1))).map(words),
    unnamed: all("input").filter((input) => !input.labels.length).length,
    controls: isShown(document.getElementById("controls")),
    strange: all("img, iframe, object, embed, link, base, script:not(body > script:last-child), [style]").map(
      (element) => element.outerHTML,
    ),
    handlers: all("*").filter((element) => [...element.attributes].some(({ name }) => name.startsWith("on"))).length,
    elsewhere: all("[href], [src]")
      .map((element) => element.getAttribute("href") ?? element.getAttribute("src"))
      .filter((target) => !target.startsWith("#")),
  };
}
