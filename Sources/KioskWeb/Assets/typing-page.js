// What a key typed into a field becomes (the letters are in typing.js), and the switch in the page's header.
"use strict";

const IN_WORD = /[\p{L}\p{M}]/u;

// MARK: From keys to changes of a text

// Knows one text field's words. It asks no page, so that it can be tried without one.
class Typist {
  constructor() { this.choose("off", true); }

  choose(method, isOld) {
    this.composer = new Composer(method, isOld);
    this.isOn = method !== "off";
    this.forget();
  }

  forget() {
    // The word in which keys are plain letters again since one was repeated: `all`, or marks only.
    this.free = null;
    // The word whose ư came from a w with no letter before it to mark.
    this.bare = null;
  }

  // The word around the caret.
  word(text, caret) {
    let start = caret;
    while (start > 0 && IN_WORD.test(text[start - 1])) start -= 1;
    let end = caret;
    while (end < text.length && IN_WORD.test(text[end])) end += 1;
    return { start, end, left: text.slice(start, caret), right: text.slice(caret, end) };
  }

  isSame(memory, word) { return memory !== null && memory.start === word.start && memory.left === word.left; }

  // What a key does to a text: { from, to, text, caret }, or null where it is put in as it is.
  press(text, from, to, key) {
    const word = this.word(text, from);
    if (!this.isSame(this.free, word)) this.free = null;
    if (!this.isSame(this.bare, word)) this.bare = null;
    // What is selected is replaced by what is typed; only a w can begin a word with ư.
    if (from !== to) return this.begin({ start: from, left: word.left, right: "" }, key, to) ?? this.plain(word, key);
    return this.undoBare(word, key) ?? this.compose(word, key) ?? this.begin(word, key, from) ?? this.put(word, key) ?? this.plain(word, key);
  }

  // Nothing happens but that the letter is there; the memories go on with it.
  plain(word, key) {
    const left = IN_WORD.test(key) ? word.left + key : "";
    for (const name of ["free", "bare"]) if (this[name]) this[name] = left ? { ...this[name], left } : null;
    return null;
  }

  compose(word, key) {
    if (this.free?.scope === "all") return null;
    if (this.free && !this.composer.isTone(key)) return null;
    for (const whole of word.right ? [word.left + word.right, word.left] : [word.left]) {
      const letters = lettersOf(whole);
      const at = lettersOf(word.left).length;
      const pressed = this.composer.press(letters, at, key);
      if (!pressed) continue;
      const before = textOf(pressed.letters.slice(0, at)) + (pressed.undone ? key : "");
      if (pressed.undone) this.free = { start: word.start, scope: this.composer.isTone(key) ? "all" : "marks" };
      return this.change(word, whole, before, textOf(pressed.letters.slice(at)));
    }
    return null;
  }

  // A w that marks nothing is ư.
  begin(word, key, to) {
    if (this.composer.method !== "telex" || this.free || key.toLowerCase() !== "w") return null;
    const initial = lettersOf(word.left);
    if (initial.some(isVowel) || !INITIAL.test(baseOf(initial)) || baseOf(initial) === "q") return null;
    const left = word.left + (key === "W" ? "Ư" : "ư");
    this.bare = { start: word.start - (to > word.start ? word.left.length : 0), left };
    if (to > word.start + word.left.length) return { from: word.start, to, text: key === "W" ? "Ư" : "ư", caret: word.start + 1 };
    this.bare = { start: word.start, left };
    return { from: word.start, to: word.start + word.left.length, text: left, caret: word.start + left.length };
  }

  undoBare(word, key) {
    if (!this.bare || key.toLowerCase() !== "w" || !/ư$/i.test(word.left)) return null;
    return this.restore(word, word.left, "");
  }

  // Gives the w back: this is no Vietnamese word.
  restore(word, left, right) {
    const text = left.replace(/ư/, "w").replace(/Ư/, "W");
    this.free = { start: word.start, scope: "all" };
    this.bare = null;
    return this.change(word, word.left + right, text, right);
  }

  // A letter like any other; the word around it settles.
  put(word, key) {
    if (!IN_WORD.test(key) || this.free?.scope === "all") return null;
    const left = word.left + key;
    if (this.bare) {
      const letters = lettersOf(left);
      const place = parse(letters);
      if (place && !isSyllable(letters, place)) return this.restore(word, left, "");
    }
    for (const right of word.right ? [word.right, ""] : [""]) {
      const at = lettersOf(left).length;
      const letters = this.composer.settle(lettersOf(left + right), !this.free);
      const text = textOf(letters.slice(0, at));
      if (text + textOf(letters.slice(at)) === (left + right).normalize("NFC")) continue;
      return this.change(word, word.left + right, text, textOf(letters.slice(at)));
    }
    return null;
  }

  // Backspace: what is left of the word settles.
  erase(text, caret) {
    const word = this.word(text, caret);
    const isFree = this.isSame(this.free, word) && this.free.scope === "all";
    this.forget();
    if (word.left === "" || isFree || text !== text.normalize("NFC")) return null;
    const left = word.left.slice(0, -1);
    const letters = this.composer.settle(lettersOf(left + word.right), false);
    const settled = textOf(letters);
    if (settled === left + word.right) return null;
    return this.change(word, word.left + word.right, settled.slice(0, left.length), settled.slice(left.length));
  }

  change(word, whole, before, after) {
    for (const name of ["free", "bare"]) if (this[name]) this[name] = { ...this[name], left: before };
    return { from: word.start, to: word.start + whole.length, text: before + after, caret: word.start + before.length };
  }
}

// MARK: Fields

// Puts a text in the place of another so that the browser knows it as typed: it tells the form, and Ctrl+Z takes it back.
let isReplacing = false;

function replaceText(field, from, to, text, caret) {
  const old = field.value.slice(from, to);
  let head = 0;
  while (head < old.length && head < text.length && old[head] === text[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < text.length - head && old.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  const changed = text.slice(head, text.length - tail);
  isReplacing = true;
  field.setSelectionRange(from + head, to - tail);
  const isDone = changed === "" ? document.execCommand("delete") : document.execCommand("insertText", false, changed);
  if (!isDone) {
    field.setRangeText(changed, from + head, to - tail, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: changed }));
  }
  field.setSelectionRange(caret, caret);
  isReplacing = false;
}

class TypingPage {
  constructor(form) {
    this.form = form;
    this.typist = new Typist();
    this.field = null;
    this.isForeign = false;
    this.choose(form.dataset.method, form.dataset.tones);
    form.addEventListener("submit", (event) => this.submitted(event));
    // An input method of the system at work: its keys come as 229, its letters are none of ours.
    document.addEventListener("keydown", (event) => { this.isForeign = event.isComposing || event.keyCode === 229; }, true);
    document.addEventListener("beforeinput", (event) => this.before(event), true);
  }

  before(event) {
    const field = event.target;
    if (isReplacing || this.isForeign || event.isComposing || !this.typist.isOn || !field.matches?.("[data-viet]")) return;
    if (field !== this.field) this.typist.forget();
    this.field = field;
    const { selectionStart: from, selectionEnd: to, value } = field;
    let change = null;
    if (event.inputType === "insertText" && event.data?.length === 1) change = this.typist.press(value, from, to, event.data);
    else if (event.inputType === "deleteContentBackward" && from === to) change = this.typist.erase(value, from);
    else this.typist.forget();
    if (!change) return;
    event.preventDefault();
    replaceText(field, change.from, change.to, change.text, change.caret);
  }

  // MARK: The switch

  choose(method, tones) {
    this.method = method;
    this.tones = tones;
    this.form.dataset.tones = tones;
    this.typist.choose(method, tones === "old");
    for (const button of this.form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === (button.name === "method" ? method : tones)));
    }
  }

  // At once, and without leaving the page; the kiosk keeps it for this person.
  submitted(event) {
    event.preventDefault();
    const button = event.submitter;
    this.choose(button?.name === "method" ? button.value : this.method, button?.name === "tones" ? button.value : this.tones);
    const body = new URLSearchParams({ csrf: token, method: this.method, tones: this.tones });
    fetch(this.form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  }
}

if (typeof document !== "undefined") {
  for (const form of document.querySelectorAll("form[data-method]")) new TypingPage(form);
}
