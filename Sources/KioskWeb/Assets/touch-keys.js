// A keyboard for a touch screen, with the letters and the tones of Vietnamese. It types into the field that has the focus.
"use strict";

const TOUCH_ROWS = ["1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm,.-/", "ăâđêôơư"];
const TOUCH_TONES = [["s", "á", "sắc"], ["f", "à", "huyền"], ["r", "ả", "hỏi"], ["x", "ã", "ngã"], ["j", "ạ", "nặng"]];

class TouchKeys {
  constructor(button) {
    this.button = button;
    this.isUpper = false;
    this.field = null;
    button.hidden = false;
    button.addEventListener("click", () => this.show(!this.isOpen));
    document.addEventListener("focusin", (event) => this.focused(event.target));
    if (this.remembered()) this.show(true);
  }

  get isOpen() { return this.panel !== undefined && !this.panel.hidden; }
  takes(element) { return element.matches?.("textarea, input[type=text], input[type=password], input:not([type])") && !element.readOnly; }

  focused(element) {
    if (!this.takes(element)) return;
    this.field = element;
    if (this.isOpen) element.scrollIntoView({ block: "center" });
  }

  // For this tab only: the next person begins without it.
  remembered() { try { return sessionStorage.getItem("keys") === "1"; } catch { return false; } }
  remember(isOpen) { try { sessionStorage.setItem("keys", isOpen ? "1" : "0"); } catch { /* then it is closed on the next page */ } }

  show(isOpen) {
    if (isOpen && !this.panel) this.build();
    if (this.panel) this.panel.hidden = !isOpen;
    this.button.setAttribute("aria-pressed", String(isOpen));
    document.body.classList.toggle("with-keys", isOpen);
    document.documentElement.style.setProperty("--keys", isOpen ? this.panel.offsetHeight + "px" : "0px");
    this.remember(isOpen);
    if (isOpen) this.field?.scrollIntoView({ block: "center" });
  }

  build() {
    this.panel = document.createElement("div");
    this.panel.className = "keys screen-only";
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", this.button.dataset.label);
    // The field keeps the focus while keys are touched.
    this.panel.addEventListener("pointerdown", (event) => event.preventDefault());
    this.panel.addEventListener("mousedown", (event) => event.preventDefault());
    this.letters = [];
    const rows = TOUCH_ROWS.map((row) => [...row].map((letter) => {
      const key = this.key(letter, null, () => this.insert(this.isUpper ? letter.toUpperCase() : letter));
      this.letters.push([key, letter]);
      return key;
    }));
    rows[0].push(this.key("⌫", this.button.dataset.erase, () => this.erase(), "wide"));
    rows[4].push(...TOUCH_TONES.map(([tone, shown, name]) => this.key(shown, name, () => this.tone(tone), "tone")));
    this.shift = this.key("⇧", this.button.dataset.shift, () => this.setUpper(!this.isUpper), "wide");
    rows.push([
      this.shift, this.key(this.button.dataset.space, null, () => this.insert(" "), "space"),
      this.key("⏎", this.button.dataset.enter, () => this.enter(), "wide"),
    ]);
    for (const row of rows) {
      const line = document.createElement("div");
      line.append(...row);
      this.panel.append(line);
    }
    document.body.append(this.panel);
  }

  key(shown, name, action, kind) {
    const key = document.createElement("button");
    key.type = "button";
    key.textContent = shown;
    key.tabIndex = -1;
    key.className = kind ?? "";
    key.dataset.key = name ?? shown;
    if (name) key.setAttribute("aria-label", name);
    key.addEventListener("click", action);
    return key;
  }

  setUpper(isUpper) {
    this.isUpper = isUpper;
    this.shift.setAttribute("aria-pressed", String(isUpper));
    for (const [key, letter] of this.letters) key.textContent = isUpper ? letter.toUpperCase() : letter;
  }

  // The field to type into, focused and with a caret.
  target() {
    const active = document.activeElement;
    const field = this.takes(active) ? active : this.field;
    if (!field?.isConnected) return null;
    if (field !== active) field.focus();
    return field;
  }

  insert(text) {
    const field = this.target();
    if (!field) return;
    replaceText(field, field.selectionStart, field.selectionEnd, text, field.selectionStart + text.length);
    if (this.isUpper) this.setUpper(false);
  }

  erase() {
    const field = this.target();
    if (!field) return;
    let { selectionStart: from, selectionEnd: to } = field;
    if (from === to) from = Math.max(0, from - 1);
    if (from < to) replaceText(field, from, to, "", from);
  }

  enter() {
    const field = this.target();
    if (field?.tagName === "TEXTAREA") this.insert("\n");
    else field?.form?.requestSubmit();
  }

  // The tone goes to the vowel of the syllable before the caret that carries it; in a word of another language to the letter
  // before the caret. The same tone again takes it away.
  tone(tone) {
    const field = this.target();
    if (!field) return;
    const { start, left } = new Typist().word(field.value, field.selectionStart);
    const letters = lettersOf(left);
    const isOld = document.querySelector("form[data-tones]")?.dataset.tones !== "new";
    const place = parse(letters);
    let result = letters;
    if (place !== null && isSyllable(letters, place)) {
      result = setTone(letters, place, toneOf(letters, place) === tone ? "" : tone, isOld);
    } else if (letters.length > 0 && isVowel(letters.at(-1))) {
      result = [...letters.slice(0, -1), { ...letters.at(-1), tone: letters.at(-1).tone === tone ? "" : tone }];
    }
    const text = textOf(result);
    replaceText(field, start, start + left.length, text, start + text.length);
  }
}

for (const button of document.querySelectorAll("[data-keyboard]")) new TouchKeys(button);
