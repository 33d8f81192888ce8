// The papers that are there: their order by drag, seeing them large, editing and replacing one. Rows come from the kiosk anew after
// every change, so events are heard on the lists around them.
"use strict";

class PaperList {
  constructor(component) {
    this.component = component;
    this.list = component.querySelector(".files");
    this.adder = component.adder;
    this.prepare();
    component.addEventListener("filed", () => this.prepare());
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("submit", (event) => this.moved(event));
    this.list.addEventListener("pointerdown", (event) => this.grabbed(event));
    this.chooser = element("input", { type: "file", class: "unseen", accept: "image/*", tabindex: "-1", "aria-hidden": "true" });
    this.chooser.addEventListener("change", () => this.replaced());
    component.append(this.chooser);
  }

  // Buttons that need the script.
  prepare() {
    for (const button of this.list.querySelectorAll("[data-edit], [data-replace], [data-handle]")) button.hidden = false;
  }

  clicked(event) {
    const button = event.target.closest("button, a.thumb");
    const row = event.target.closest("li");
    if (!button || !row) return;
    if (button.matches(".thumb") && button.querySelector("img") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      paperViewer.open(button.href, row.querySelector(".file-name").firstChild.textContent);
    } else if (button.matches("[data-edit]")) {
      this.edit(row, button);
    } else if (button.matches("[data-replace]")) {
      this.replacing = row.dataset.paper;
      this.chooser.click();
    }
  }

  name(row) { return row.querySelector(".file-name").firstChild.textContent.trim(); }

  edit(row, button) {
    PageAdder.line = PageAdder.line.then(async () => {
      const response = await fetch(button.dataset.edit);
      if (!response.ok) throw new Error("gone");
      await this.adder.take({
        blob: await response.blob(), name: this.name(row), replaces: row.dataset.paper, kept: button.dataset.kept || null, look: true,
      });
    }).catch(() => this.adder.fail(this.name(row)));
  }

  replaced() {
    const [file] = this.chooser.files;
    const replaces = this.replacing;
    this.chooser.value = "";
    if (!file) return;
    PageAdder.line = PageAdder.line.then(() => this.adder.take({ blob: file, name: file.name, replaces }))
      .catch(() => this.adder.fail(file.name));
  }

  // MARK: Order

  // The arrows work without the script too; with it the page stays where it is and the key keeps its focus.
  async moved(event) {
    const way = event.submitter?.value;
    if (!event.target.matches(".mover") || !way) return;
    event.preventDefault();
    const rows = [...this.list.children];
    const at = rows.indexOf(event.target.closest("li"));
    const to = at + (way === "up" ? -1 : 1);
    if (!rows[to]) return;
    const moving = rows[at].dataset.paper;
    [rows[at], rows[to]] = [rows[to], rows[at]];
    if (!await this.keep(rows)) return;
    const row = this.list.querySelector(`li[data-paper="${moving}"]`);
    const again = row?.querySelector(`.mover button[value=${way}]:not(:disabled)`) ?? row?.querySelector(".mover button:not(:disabled)");
    again?.focus();
  }

  async keep(rows) {
    const body = JSON.stringify({ component: this.component.dataset.component, papers: rows.map((row) => row.dataset.paper) });
    const { status, answer } = await this.adder.send(papers.order, body, {});
    if (status !== 200 || !answer?.saved) {
      this.adder.fail(papers.words.notOrdered, answer?.message ?? "");
      return false;
    }
    this.adder.show(answer);
    return true;
  }

  grabbed(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle) return;
    event.preventDefault();
    const row = handle.closest("li");
    const before = [...this.list.children];
    row.classList.add("dragged");
    const follow = (move) => {
      // At the window's edge the page goes along.
      if (move.clientY < 60) window.scrollBy(0, -20);
      else if (move.clientY > window.innerHeight - 140) window.scrollBy(0, 20);
      const others = [...this.list.children].filter((one) => one !== row);
      const next = others.find((one) => {
        const box = one.getBoundingClientRect();
        return move.clientY < box.top + box.height / 2;
      });
      if (row.nextElementSibling !== (next ?? null)) this.list.insertBefore(row, next ?? null);
    };
    // On the window: a row that moves in the document loses the pointer that it captured.
    const leave = (end) => {
      window.removeEventListener("pointermove", follow);
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, leave);
      row.classList.remove("dragged");
      const after = [...this.list.children];
      if (end.type === "pointercancel") this.list.replaceChildren(...before);
      else if (after.some((one, i) => one !== before[i])) this.keep(after);
    };
    window.addEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, leave);
  }
}

// MARK: Seeing it large

class PaperViewer {
  constructor() {
    const button = (sign, words, action) =>
      element("button", { type: "button", class: "button", "aria-label": words, title: words, onclick: action }, sign);
    this.title = element("h2", {});
    this.picture = element("img", { alt: "" });
    this.zone = element("div", { class: "paper-large", tabindex: "0", role: "region", "aria-label": papers.words.view }, this.picture);
    this.dialog = element("dialog", { class: "paper-dialog viewer" },
      element("div", { class: "paper-head" }, this.title,
        element("div", { class: "buttons" }, button("−", papers.words.smaller, () => this.zoom(1 / 1.4)),
          button("+", papers.words.larger, () => this.zoom(1.4)),
          element("button", { type: "button", class: "button", onclick: () => this.dialog.close() }, papers.words.close))),
      this.zone);
    this.dialog.addEventListener("close", () => this.picture.removeAttribute("src"));
    document.body.append(this.dialog);
  }

  open(address, name) {
    this.title.textContent = name;
    this.picture.alt = name;
    this.picture.src = address;
    this.scale = 1;
    this.zoom(1);
    this.dialog.showModal();
    this.zone.focus();
  }

  zoom(factor) {
    this.scale = Math.max(1, Math.min(6, this.scale * factor));
    this.picture.style.width = `${this.scale * 100}%`;
  }
}

const paperViewer = papers && new PaperViewer();
if (papers) for (const component of document.querySelectorAll(".component")) new PaperList(component);
