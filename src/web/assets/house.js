/* What a page gains where scripts run; every page is whole without it. Marked
   by data- attributes, so that a template says what it wants:
     <form data-draft="KEY">        keeps what is written in this window
                                    (sessionStorage) until it is sent; never on
                                    shared devices: leave the attribute out
     <body data-draft-done="KEY">   forgets that draft
     <form data-parts>              shows its [data-part]s one at a time; buttons
                                    whose value is a number go to that part;
                                    [data-ask="A B"][data-ask-in="1 2|4"] is
                                    there when A has 1 or 2 and B has 4
     <button hidden data-read="ID ID …" data-read-lang="da">
                                    reads those texts aloud; stays hidden where
                                    the browser has no voice for the language
     <button hidden data-print>     prints
     <div class="problems" tabindex="-1">   takes the focus
   htmx does the rest, where a page asks for it. */
(function () {
  "use strict";
  function each(selector, act, root) {
    (root || document).querySelectorAll(selector).forEach(act);
  }

  /* Storage may be switched off, and may be full: a draft is a kindness. */
  function store(key, value) {
    try {
      if (value === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, value);
    } catch (e) { /* the form works as it does without a script */ }
  }
  function stored(key) {
    try { return JSON.parse(sessionStorage.getItem(key)) || {}; } catch (e) { return {}; }
  }

  function kept(input) {
    return input.name && !/^(hidden|password|file|submit|button)$/.test(input.type);
  }
  function valuesOf(form) {
    var values = {};
    Array.prototype.filter.call(form.elements, kept).forEach(function (input) {
      var list = values[input.name] || (values[input.name] = []);
      if (!/^(radio|checkbox)$/.test(input.type)) list.push(input.value);
      else if (input.checked) list.push(input.value);
    });
    return values;
  }
  function fill(form, values) {
    var at = {};
    Array.prototype.filter.call(form.elements, kept).forEach(function (input) {
      var list = values[input.name];
      if (!list) return;
      if (/^(radio|checkbox)$/.test(input.type)) input.checked = list.indexOf(input.value) >= 0;
      else {
        at[input.name] = at[input.name] || 0;
        if (at[input.name] < list.length) input.value = list[at[input.name]++];
      }
    });
  }
  function draft(form) {
    var key = "draft:" + form.dataset.draft;
    function save() { store(key, JSON.stringify(Object.assign(stored(key), valuesOf(form)))); }
    /* A form that comes back with faults has what was written in it already. */
    if (!form.querySelector("[aria-invalid=true]")) fill(form, stored(key));
    form.addEventListener("input", save);
    form.addEventListener("change", save);
    form.addEventListener("submit", save);
  }

  /* A questionnaire of several parts: one at a time, without asking the server.
     Questions with a condition come and go with the answer they hang on. */
  function answered(form, code) {
    return valuesOf(form)[code] || [];
  }
  function conditions(form) {
    function holds(ask, code, wanted) {
      var on = form.elements[code], first = on && (on.length && !on.tagName ? on[0] : on), holder = first && first.closest("[data-ask]");
      if (holder && holder !== ask && holder.hidden) return false;
      return answered(form, code).some(function (v) { return wanted.indexOf(v) >= 0; });
    }
    form.querySelectorAll("[data-ask]").forEach(function (ask) {
      var wanted = ask.dataset.askIn.split("|");
      ask.hidden = !ask.dataset.ask.split(" ").every(function (code, i) { return holds(ask, code, wanted[i].split(" ")); });
    });
  }
  function parts(form) {
    var all = Array.prototype.slice.call(form.querySelectorAll("[data-part]"));
    var at = all.findIndex(function (part) { return !part.hidden; });
    form.querySelectorAll(".ask-words").forEach(function (words) { words.hidden = true; });
    form.querySelectorAll("input[name='~part']").forEach(function (input) { input.remove(); });
    function isEmpty(part) {
      var asks = part.querySelectorAll(".ask");
      return asks.length > 0 && part.querySelectorAll(".ask:not([hidden])").length === 0;
    }
    function show(to) {
      var step = to < at ? -1 : 1;
      while (to > 0 && to < all.length - 1 && isEmpty(all[to])) to += step;
      at = to;
      all.forEach(function (part, i) { part.hidden = i !== at; });
      window.scrollTo(0, 0);
      all[at].querySelector(".part-title").focus();
    }
    form.addEventListener("change", function () { conditions(form); });
    form.addEventListener("submit", function (event) {
      var button = event.submitter, here = button && all[at].contains(button);
      var to = here ? button.value : at + 1 < all.length ? String(at + 2) : "send";
      if (to === "send") return;
      event.preventDefault();
      show(Number(to) - 1);
    });
    conditions(form);
  }

  function speech(button) {
    var speaker = window.speechSynthesis, lang = button.dataset.readLang || document.documentElement.lang || "da";
    if (!speaker || !window.SpeechSynthesisUtterance) return;
    function voice() {
      /* A voice of a server is none: what a child reads stays here. */
      return speaker.getVoices().find(function (v) { return v.localService && v.lang.slice(0, 2).toLowerCase() === lang.slice(0, 2); });
    }
    /* Browsers load their voices late. */
    function look() { button.hidden = !voice(); }
    look();
    speaker.addEventListener && speaker.addEventListener("voiceschanged", look);
    button.addEventListener("click", function () {
      if (speaker.speaking) { speaker.cancel(); button.setAttribute("aria-pressed", "false"); return; }
      var text = button.dataset.read.split(" ").map(function (id) {
        var part = document.getElementById(id);
        return part ? part.innerText : "";
      }).join(".\n");
      var said = new SpeechSynthesisUtterance(text);
      said.lang = lang;
      said.voice = voice();
      said.onend = function () { button.setAttribute("aria-pressed", "false"); };
      button.setAttribute("aria-pressed", "true");
      speaker.speak(said);
    });
    window.addEventListener("pagehide", function () { speaker.cancel(); });
  }

  function start(root) {
    each("form[data-draft]", draft, root);
    each("form[data-parts]", parts, root);
    each("button[data-read]", speech, root);
    each("button[data-print]", function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { window.print(); });
    }, root);
    each(".faults[tabindex], .problems[tabindex]", function (box) { box.focus(); }, root);
  }

  /* Older browsers print closed folds closed. */
  var opened = [];
  window.addEventListener("beforeprint", function () {
    each("details:not([open])", function (fold) { fold.open = true; opened.push(fold); });
  });
  window.addEventListener("afterprint", function () {
    opened.splice(0).forEach(function (fold) { fold.open = false; });
  });
  document.addEventListener("DOMContentLoaded", function () {
    var done = document.body.dataset.draftDone;
    if (done) store("draft:" + done, null);
    start(document);
  });
  document.addEventListener("htmx:after:swap", function (event) {
    start(event.target instanceof Element ? event.target : document);
  });
})();
