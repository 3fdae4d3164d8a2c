// <pywry-sign-in>: a sign-in button. It holds no word of any language and no token: what it shows
// comes from the application, and what is pressed goes back as one of the words it was given.
(() => {
  "use strict";

  const NAME = "pywry-sign-in";
  if (customElements.get(NAME)) return;

  const STYLE = `
    :host {
      --_ground: var(--pywry-ground, #fff);
      --_hover: var(--pywry-hover, #f0f2f7);
      --_ink: var(--pywry-ink, #1b1f29);
      --_soft: var(--pywry-soft, #586073);
      --_edge: var(--pywry-edge, #8790a3);
      --_line: var(--pywry-line, #e1e4ec);
      --_accent: var(--pywry-accent, #3d5bd9);
      --_tint: var(--pywry-tint, #e9edfc);
      --_bad: var(--pywry-bad, #b3372f);
      --_shade: 0 1px 2px rgb(22 28 45 / 8%), 0 12px 32px -8px rgb(22 28 45 / 24%);
      --_radius: var(--pywry-radius, .5rem);
      display: inline-block;
      max-width: 100%;
      color: var(--_ink);
      color-scheme: light;
      font: var(--pywry-font, 500 .9375rem/1.35 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
      text-align: start;
      vertical-align: top;
    }
    :host([hidden]) { display: none; }
    :host([data-dark]) {
      --_ground: var(--pywry-ground, #1b1e26);
      --_hover: var(--pywry-hover, #262b37);
      --_ink: var(--pywry-ink, #eef0f5);
      --_soft: var(--pywry-soft, #a6aebf);
      --_edge: var(--pywry-edge, #6a7386);
      --_line: var(--pywry-line, #2c313d);
      --_accent: var(--pywry-accent, #93a8ff);
      --_tint: var(--pywry-tint, #252d4a);
      --_bad: var(--pywry-bad, #ff9d94);
      --_shade: 0 1px 2px rgb(0 0 0 / 40%), 0 12px 32px -8px rgb(0 0 0 / 70%);
      color-scheme: dark;
    }
    *, *::before, *::after { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; max-width: 100%; }
    button {
      margin: 0;
      border: 0;
      background: none;
      color: inherit;
      font: inherit;
      text-align: inherit;
      cursor: pointer;
      -webkit-tap-highlight-color: transparent;
    }
    button:focus { outline: none; }
    button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
    .main {
      display: inline-flex;
      align-items: center;
      gap: .625rem;
      min-width: 0;
      max-width: 100%;
      min-height: var(--pywry-height, 2.5rem);
      padding: .375rem .875rem;
      border: 1px solid var(--_edge);
      border-radius: var(--_radius);
      background: var(--_ground);
      color: var(--_ink);
    }
    .main[aria-disabled="true"] { border-color: var(--_line); cursor: default; }
    .main:not([aria-disabled="true"]):hover { background: var(--_hover); }
    .main.branded {
      border-color: var(--_brand-edge);
      background: var(--_brand-ground);
      color: var(--_brand-ink);
    }
    .main.branded:not([aria-disabled="true"]):hover { background: var(--_brand-ground); box-shadow: 0 0 0 3px var(--_tint); }
    .label { min-width: 0; overflow-wrap: anywhere; }
    .account .label { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
    .icon { flex: none; display: grid; place-items: center; width: 1.25rem; height: 1.25rem; }
    .icon canvas, .icon svg { display: block; width: 100%; height: 100%; }
    .avatar {
      width: 1.75rem;
      height: 1.75rem;
      margin-block: -.125rem;
      margin-inline-start: -.25rem;
      border-radius: 50%;
      background: var(--_tint);
      color: var(--_accent);
      font-size: .75rem;
      font-weight: 650;
      line-height: 1;
      overflow: hidden;
    }
    .avatar::before { content: attr(data-letters); }
    .avatar:not([data-letters])::before { display: none; }
    .avatar svg { width: 1.125rem; height: 1.125rem; }
    .item .icon { width: 1.5rem; height: 1.5rem; margin: 0; }
    .item .mark { padding: .125rem; border-radius: .25rem; background: var(--_mark-ground); }
    .caret { width: .75rem; height: .75rem; margin-inline-end: -.125rem; color: var(--_soft); }
    .branded .caret { color: inherit; }
    .caret svg, .person svg, .check svg, .spin svg { fill: none; stroke: currentColor; stroke-linecap: round; stroke-linejoin: round; }
    .spin { color: var(--_accent); }
    .small {
      min-height: var(--pywry-height, 2.5rem);
      padding: .375rem .75rem;
      border-radius: var(--_radius);
      color: var(--_accent);
    }
    .small:hover { background: var(--_tint); }
    .note {
      margin: .375rem 0 0;
      max-width: 26rem;
      color: var(--_soft);
      font-size: .875em;
      font-weight: 400;
      overflow-wrap: anywhere;
    }
    :host([data-state="error"]) .note { color: var(--_bad); }
    .offline { width: .625rem; height: .625rem; border: 2px solid var(--_soft); border-radius: 50%; }
    .menu {
      position: fixed;
      inset: auto;
      z-index: 2147483000;
      width: max-content;
      min-width: 12rem;
      max-width: min(22rem, calc(100vw - 1rem));
      margin: 0;
      padding: .375rem;
      overflow: auto;
      border: 1px solid var(--_line);
      border-radius: calc(var(--_radius) + .25rem);
      background: var(--_ground);
      color: var(--_ink);
      box-shadow: var(--_shade);
      text-align: start;
    }
    .item {
      display: flex;
      align-items: center;
      gap: .625rem;
      width: 100%;
      min-height: 2.25rem;
      padding: .375rem .625rem;
      border-radius: calc(var(--_radius) - .125rem);
    }
    .item:hover, .item:focus { background: var(--_hover); }
    .item:focus-visible { outline-offset: -2px; }
    .words { flex: 1; min-width: 0; overflow-wrap: anywhere; }
    .detail { display: block; color: var(--_soft); font-size: .8125em; font-weight: 400; }
    .item .check { width: 1rem; height: 1rem; color: var(--_accent); }
    .split { height: 1px; margin: .375rem .25rem; background: var(--_line); }
    .live, :host([compact]) .main .label {
      position: absolute;
      width: 1px;
      height: 1px;
      margin: -1px;
      overflow: hidden;
      clip-path: inset(50%);
      white-space: nowrap;
    }
    :host([compact]) .main { position: relative; justify-content: center; min-width: var(--pywry-height, 2.5rem); padding: .375rem; }
    :host([compact]) .avatar { margin-inline-start: 0; }
    :host([compact]) .caret { display: none; }
    :host([compact]) .offline { position: absolute; inset-block-end: .25rem; inset-inline-end: .25rem; background: var(--_ground); }
    .unready {
      display: inline-flex;
      align-items: center;
      min-width: 7rem;
      min-height: var(--pywry-height, 2.5rem);
      padding: .375rem .875rem;
      border: 1px solid var(--_line);
      border-radius: var(--_radius);
      color: var(--_soft);
    }
    :host([compact]) .unready { min-width: var(--pywry-height, 2.5rem); }
    @media (prefers-reduced-motion: no-preference) {
      .spin svg { animation: turn 1s linear infinite; }
      .menu { animation: appear .12s ease-out; }
      .main, .small, .item { transition: background-color .12s, box-shadow .12s; }
      @keyframes turn { to { transform: rotate(1turn); } }
      @keyframes appear { from { opacity: 0; translate: 0 -.25rem; } }
    }
    @media (forced-colors: active) {
      .main, .main.branded { border-color: ButtonText; background: ButtonFace; color: ButtonText; forced-color-adjust: auto; }
      .small { border: 1px solid ButtonText; color: ButtonText; }
      .main[aria-disabled="true"] { border-color: GrayText; }
      .avatar { border: 1px solid currentColor; background: none; color: inherit; }
      .menu { border-color: CanvasText; }
      .item:hover, .item:focus { background: Highlight; color: HighlightText; forced-color-adjust: none; }
      .item:hover *, .item:focus * { color: HighlightText; }
      .mark { forced-color-adjust: none; background: var(--_mark-ground); }
      .split { background: CanvasText; }
      .caret, .spin, .check, .person { color: inherit; }
      button:focus-visible { outline-color: Highlight; }
    }
  `;

  const DRAWINGS = {
    caret: ["12", "2", "M2.5 4.5 6 8l3.5-3.5"],
    check: ["16", "2", "M3 8.5 6.5 12 13 4.5"],
    person: ["18", "1.75", "M9 9.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5ZM3 16c.5-3 3-4.25 6-4.25S14.5 13 15 16"],
    spin: ["20", "2.25", "M10 2.5a7.5 7.5 0 1 1-7.2 5.4"],
  };
  const SVG = "http://www.w3.org/2000/svg";
  const MAX_PICTURE = 400000; // characters of base64; a larger one is no avatar

  let send = null; // how a press reaches the application; null until it is there
  let world = null; // the latest faces
  let marks = {};
  const elements = new Set();
  const darkness = window.matchMedia("(prefers-color-scheme: dark)");

  let sheet = null;
  const styled = (root) => {
    if (sheet === null) {
      sheet = new CSSStyleSheet(); // not a <style>, which the policy of a page may forbid
      sheet.replaceSync(STYLE);
    }
    root.adoptedStyleSheets = [sheet];
  };

  const make = (tag, className, attributes = {}) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    for (const name of Object.keys(attributes)) node.setAttribute(name, attributes[name]);
    return node;
  };

  const drawing = (name) => {
    const [side, width, path] = DRAWINGS[name];
    const holder = make("span", `icon ${name}`, { "aria-hidden": "true" });
    const svg = document.createElementNS(SVG, "svg");
    const line = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
    svg.setAttribute("stroke-width", width);
    line.setAttribute("d", path);
    svg.append(line);
    holder.append(svg);
    return holder;
  };

  // Drawn on a canvas from bytes: the policy of a page may forbid images that are data.
  const painted = (base64, holder, onTrouble, onDone = () => {}) => {
    const side = 2 * Math.ceil(32 * Math.min(window.devicePixelRatio || 1, 3));
    const read = async () => {
      if (base64.length > MAX_PICTURE) throw new RangeError();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = make("canvas", "");
      const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      holder.replaceChildren(canvas);
      onDone();
    };
    read().catch(onTrouble);
  };

  const avatar = (initials, key) => {
    const holder = make("span", "icon avatar", { "aria-hidden": "true" });
    // Not as text: it is a picture of the name, and no part of what the button is called.
    const letters = () => {
      if (initials) holder.setAttribute("data-letters", initials);
      else holder.replaceChildren(drawing("person"));
    };
    letters();
    const picture = Object.hasOwn(world.pictures, key) ? world.pictures[key] : "";
    if (picture) {
      painted(picture, holder, letters, () => holder.removeAttribute("data-letters"));
    }
    return holder;
  };

  const markOf = (name, dark) => {
    const known = name && Object.hasOwn(marks, name) ? marks[name] : null;
    return known && (dark ? known.dark : known.light) ? known : null;
  };

  const mark = (name, dark) => {
    const known = markOf(name, dark);
    if (!known) return null;
    const bytes = dark ? known.dark : known.light;
    const holder = make("span", "icon mark", { "aria-hidden": "true" });
    // A mark stands on its own ground: many may not be drawn in another colour.
    holder.style.setProperty("--_mark-ground", (dark ? known.colors.dark : known.colors.light).ground);
    painted(bytes, holder, () => holder.replaceChildren());
    return holder;
  };

  class PywrySignIn extends HTMLElement {
    static observedAttributes = ["provider", "appearance", "compact"];

    /** Called by the application: from now on, *how* carries what is pressed. */
    static connect(how, drawn) {
      send = how;
      marks = drawn;
    }

    /** Called by the application after each change. */
    static take(news) {
      if (send === null) return;
      world = news;
      for (const element of elements) element.#show();
    }

    #root;
    #main = null;
    #menu = null;
    #live;
    #body;
    #face = null;
    #shown = ""; // what is on the screen, so that nothing is drawn twice or said twice
    #typed = "";
    #typedAt = 0;
    #onOutside = (event) => {
      if (!event.composedPath().includes(this)) this.#close(false);
    };
    #onPlace = () => this.#close(false);
    #onDarkness = () => this.#show();

    constructor() {
      super();
      this.#root = this.attachShadow({ mode: "open", delegatesFocus: true });
      styled(this.#root);
      this.#body = make("div", "body", { part: "body" });
      this.#live = make("div", "live", { role: "status", "aria-live": "polite" });
      this.#root.append(this.#body, this.#live);
      const waiting = make("span", "unready", { part: "unready" });
      waiting.append(make("slot", ""));
      this.#body.append(waiting);
    }

    connectedCallback() {
      elements.add(this);
      darkness.addEventListener("change", this.#onDarkness);
      this.#show();
    }

    disconnectedCallback() {
      elements.delete(this);
      darkness.removeEventListener("change", this.#onDarkness);
      this.#close(false);
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#show();
    }

    /** What the application says of itself; null until it is there. */
    get status() {
      return world === null ? null : Object.freeze({ ...world.status });
    }

    get #dark() {
      const wanted = this.getAttribute("appearance");
      return wanted === "dark" || (wanted !== "light" && darkness.matches);
    }

    #show() {
      const dark = this.#dark;
      this.toggleAttribute("data-dark", dark);
      if (world === null) {
        if (this.getAttribute("data-state") !== "unready") this.setAttribute("data-state", "unready");
        return;
      }
      const wanted = this.getAttribute("provider") || "";
      const face = Object.hasOwn(world.faces, wanted) ? world.faces[wanted] : world.faces[""];
      const pictures = Object.keys(world.pictures).map((key) => [key, world.pictures[key].length]);
      const shown = JSON.stringify([world.status, world.language, face, dark, pictures]);
      if (shown === this.#shown) return;
      const isFirst = this.#shown === "";
      const said = !isFirst && face.live !== this.#face.live;
      this.#shown = shown;
      this.#face = face;
      this.#draw(face, dark);
      if (said) this.#live.textContent = face.live;
      this.dispatchEvent(
        new CustomEvent("pywry-auth-change", { bubbles: true, composed: true, detail: this.status }),
      );
    }

    #draw(face, dark) {
      const hadFocus = this.#root.activeElement !== null;
      const wasOpen = this.#menu !== null && !this.#menu.hidden;
      const place = wasOpen ? this.#items().indexOf(this.#root.activeElement) : -1;
      this.#close(false);
      this.setAttribute("data-state", face.state);
      this.#body.lang = world.language;
      this.#body.dir = world.direction;
      this.#live.lang = world.language;
      this.#live.dir = world.direction;
      const row = make("div", "row", { part: "row" });
      this.#main = this.#button(face, dark);
      row.append(this.#main);
      for (const item of face.beside) row.append(this.#small(item));
      const note = make("p", "note", { id: "note", part: "note" });
      note.textContent = face.description;
      note.hidden = face.description === "";
      this.#menu = this.#list(face, dark);
      this.#body.replaceChildren(row, note, this.#menu);
      if (wasOpen && face.menu.length > 0) this.#open(Math.max(place, 0));
      else if (hadFocus) this.#main.focus({ preventScroll: true });
    }

    #button(face, dark) {
      const button = make("button", "main", { type: "button", part: "button", "aria-label": face.name });
      if (face.description) button.setAttribute("aria-describedby", "note");
      if (face.busy) button.setAttribute("aria-busy", "true");
      if (!face.can_press) button.setAttribute("aria-disabled", "true");
      if (face.menu.length > 0) {
        button.setAttribute("aria-haspopup", "menu");
        button.setAttribute("aria-expanded", "false");
      }
      button.classList.toggle("account", face.has_account);
      this.#colour(button, face, dark);
      const label = make("span", "label", { part: "label" });
      label.textContent = face.label;
      button.append(...this.#before(face, dark), label);
      if (face.state === "offline") button.append(make("span", "offline", { "aria-hidden": "true" }));
      if (face.menu.length > 0) button.append(drawing("caret"));
      button.addEventListener("click", () => this.#press(face));
      button.addEventListener("keydown", (event) => this.#onButtonKey(event));
      return button;
    }

    #before(face, dark) {
      if (face.busy) return [drawing("spin")];
      if (face.has_account) return [avatar(face.initials, world.status.account.key)];
      const own = mark(face.mark, dark);
      if (own) return [own];
      // A small button without any picture would be empty.
      return this.hasAttribute("compact") ? [drawing("person")] : [];
    }

    #colour(button, face, dark) {
      const brand = face.press && Object.hasOwn(marks, face.mark) ? marks[face.mark].colors : null;
      if (!brand || face.state !== "signed_out") return;
      const colors = dark ? brand.dark : brand.light;
      button.classList.add("branded");
      for (const name of ["ground", "edge", "ink"]) button.style.setProperty(`--_brand-${name}`, colors[name]);
    }

    #small(item) {
      const button = make("button", "small", { type: "button", part: "beside", "data-verb": item.verb });
      button.textContent = item.label;
      button.addEventListener("click", () => this.#act(item));
      return button;
    }

    #list(face, dark) {
      const menu = make("div", "menu", { role: "menu", part: "menu", "aria-label": face.menu_name });
      menu.hidden = true;
      if ("popover" in HTMLElement.prototype) menu.popover = "manual"; // above everything, clipped by nothing
      const hasPictures = face.menu.some((item) => item.verb === "switch" || markOf(item.mark, dark));
      let before = null;
      for (const item of face.menu) {
        const group = item.verb === "switch" ? "accounts" : item.verb === "sign_out" ? "leave" : "more";
        if (before !== null && before !== group) menu.append(make("div", "split", { role: "separator" }));
        before = group;
        menu.append(this.#item(item, face, dark, hasPictures));
      }
      menu.addEventListener("keydown", (event) => this.#onMenuKey(event));
      return menu;
    }

    #item(item, face, dark, hasPictures) {
      const isAccount = item.verb === "switch" && face.has_account;
      const button = make("button", "item", {
        type: "button",
        tabindex: "-1",
        part: "item",
        "data-verb": item.verb,
        role: isAccount ? "menuitemradio" : "menuitem",
      });
      if (isAccount) button.setAttribute("aria-checked", String(item.is_current));
      const picture = item.verb === "switch" ? avatar(item.initials, item.key) : mark(item.mark, dark);
      if (picture) button.append(picture);
      else if (hasPictures) button.append(make("span", "icon", { "aria-hidden": "true" }));
      const words = make("span", "words");
      words.textContent = item.label;
      if (item.detail) {
        const detail = make("span", "detail");
        detail.textContent = item.detail;
        words.append(" ", detail);
      }
      button.append(words);
      if (item.is_current) button.append(drawing("check"));
      button.addEventListener("click", () => {
        this.#close(true);
        if (!item.is_current) this.#act(item);
      });
      return button;
    }

    #press(face) {
      if (face.menu.length > 0) {
        if (this.#menu.hidden) this.#open(0);
        else this.#close(true);
      } else if (face.press) this.#act(face.press);
    }

    #act(item) {
      if (send !== null) send(item.verb, item.key);
    }

    // the menu

    #items() {
      return Array.from(this.#menu.querySelectorAll(".item"));
    }

    #open(index) {
      const items = this.#items();
      this.#menu.hidden = false;
      if (this.#menu.popover) this.#menu.showPopover();
      this.#main.setAttribute("aria-expanded", "true");
      this.#settle();
      items[Math.min(index, items.length - 1)].focus({ preventScroll: true });
      document.addEventListener("pointerdown", this.#onOutside, true);
      window.addEventListener("resize", this.#onPlace);
      window.addEventListener("blur", this.#onPlace);
      document.addEventListener("scroll", this.#onPlace, true);
    }

    #settle() {
      const gap = 6;
      const box = this.#main.getBoundingClientRect();
      const style = this.#menu.style;
      const { clientWidth, clientHeight } = document.documentElement;
      style.minWidth = `${Math.min(box.width, clientWidth - 2 * gap)}px`;
      style.maxHeight = "none";
      const { width, height } = this.#menu.getBoundingClientRect();
      const below = clientHeight - box.bottom - 2 * gap;
      const above = box.top - 2 * gap;
      const isBelow = height <= below || below >= above;
      const room = Math.max(isBelow ? below : above, Math.min(clientHeight - 2 * gap, 180));
      const tall = Math.min(height, room); // in a very small window the menu covers its button
      const top = isBelow ? box.bottom + gap : box.top - gap - tall;
      const start = world.direction === "rtl" ? box.right - width : box.left;
      style.maxHeight = `${tall}px`;
      style.top = `${Math.max(gap, Math.min(top, clientHeight - gap - tall))}px`;
      style.left = `${Math.max(gap, Math.min(start, clientWidth - width - gap))}px`;
    }

    #close(focusButton) {
      document.removeEventListener("pointerdown", this.#onOutside, true);
      window.removeEventListener("resize", this.#onPlace);
      window.removeEventListener("blur", this.#onPlace);
      document.removeEventListener("scroll", this.#onPlace, true);
      if (this.#menu === null || this.#menu.hidden) return;
      const held = this.#menu.contains(this.#root.activeElement);
      if (this.#menu.popover && this.#menu.matches(":popover-open")) this.#menu.hidePopover();
      this.#menu.hidden = true;
      this.#main.setAttribute("aria-expanded", "false");
      if (focusButton || held) this.#main.focus({ preventScroll: true });
    }

    #onButtonKey(event) {
      if (this.#face.menu.length === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        this.#open(event.key === "ArrowDown" ? 0 : Infinity);
      }
    }

    #onMenuKey(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const items = this.#items();
      const here = items.indexOf(this.#root.activeElement);
      const places = {
        ArrowDown: (here + 1) % items.length,
        ArrowUp: (here - 1 + items.length) % items.length,
        Home: 0,
        End: items.length - 1,
      };
      if (Object.hasOwn(places, event.key)) {
        event.preventDefault();
        items[places[event.key]].focus();
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation(); // a dialog round the button stays open
        this.#close(true);
      } else if (event.key === "Tab") {
        this.#close(true); // and the browser goes on from the button
      } else if (event.key.length === 1 && event.key !== " ") {
        this.#seek(event.key, items, here, event.timeStamp);
      }
    }

    #seek(letter, items, here, now) {
      this.#typed = now - this.#typedAt > 600 ? letter : this.#typed + letter;
      this.#typedAt = now;
      const wanted = this.#typed.toLocaleLowerCase();
      const from = this.#typed.length > 1 ? here : here + 1; // one letter again: the next of its kind
      for (let step = 0; step < items.length; step += 1) {
        const item = items[(from + step) % items.length];
        const words = item.querySelector(".words").textContent.trim().toLocaleLowerCase();
        if (words.startsWith(wanted)) {
          item.focus();
          return;
        }
      }
    }
  }

  customElements.define(NAME, PywrySignIn);
})();
