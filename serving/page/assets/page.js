/* What the page does without asking the service: drafts, links, pins, the connection, and moving between steps. */
(function () {
  "use strict";
  const none = () => window.dash_clientside.no_update;
  const DRAFT = "creatorlift.draft", SAVED = "creatorlift.briefs", KEY = "creatorlift.key", SCHEME = "mantine-color-scheme-value", CALL = "_dash-update-component";

  const read = (store, name, otherwise) => {
    try { const text = store.getItem(name); return text === null ? otherwise : JSON.parse(text); } catch (_) { return otherwise; }
  };
  const write = (store, name, value) => { try { store.setItem(name, JSON.stringify(value)); } catch (_) { /* private mode */ } };
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  /* Links: the brief is in the fragment, which browsers do not send to any server. */
  const encode = (value) => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    let text = ""; bytes.forEach((b) => { text += String.fromCharCode(b); });
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const decode = (text) => {
    const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(raw, (c) => c.charCodeAt(0))));
  };
  const tell = (message, color) => set("notices", { sendNotifications: [{
    action: "show", message: message, color: color || "petrol", autoClose: 4000, position: "bottom-center" }] });

  /* The connection: a callback that could not be sent waits and is sent again; meanwhile a line says so. */
  const line = () => document.getElementById("cl-offline");
  let waiting = 0;
  const offline = (yes) => { waiting += yes ? 1 : -1; const l = line(); if (l) l.hidden = waiting <= 0; };
  const sleep = (ms) => new Promise((go) => setTimeout(go, ms));
  const refused = (answer) => answer.json().then((problem) => tell(problem.title + ": " + problem.detail, "red"), () => {});
  const plainFetch = window.fetch.bind(window);
  window.fetch = async function (url, options) {
    const text = String(url && url.url ? url.url : url);
    if (!text.includes(CALL)) return plainFetch(url, options);
    const key = sessionStorage.getItem(KEY);
    if (key) { options = Object.assign({}, options); options.headers = new Headers(options.headers || {}); options.headers.set("Authorization", "Bearer " + key); }
    let told = false;
    for (let pause = 400; ; pause = Math.min(pause * 1.6, 5000)) {
      try {
        const answer = await plainFetch(url, options);
        if (answer.status === 503 && !(answer.headers.get("content-type") || "").includes("json")) throw new TypeError("busy");
        if (told) { told = false; offline(false); }
        if (answer.status === 429 && pause < 5000) { await sleep(1000 * Math.min(Number(answer.headers.get("retry-after")) || 1, 30)); continue; }
        if (answer.status >= 400 && answer.status < 500) refused(answer.clone());
        return answer;
      } catch (error) {
        if (!(error instanceof TypeError)) { if (told) offline(false); throw error; }
        if (!told) { told = true; offline(true); }
        await sleep(pause);
      }
    }
  };

  window.clOpenCreator = (row) => set("creator-open", { data: { row: row, at: Date.now() } });
  window.clPlanRule = (id, rule) => set("plan-rule", { data: { id: id, rule: rule, at: Date.now() } });
  window.clPin = (id) => set("pin-asked", { data: { id: id, at: Date.now() } });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    const cell = document.activeElement && document.activeElement.closest && document.activeElement.closest(".ag-cell");
    if (!cell || document.activeElement !== cell) return;
    const button = cell.querySelector("button.cl-link, button.cl-pin");
    if (button) { button.click(); event.preventDefault(); }
  });

  /* Every brief has an id of its own, so that outcomes of two alike are kept apart. */
  let briefId = null;
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(6)), (b) => (b % 36).toString(36)).join("");
  /* Names and states that the components leave off, or put on a wrapper where no reader looks for them. */
  const STATES = ["aria-haspopup", "aria-expanded", "aria-controls"];
  const mend = () => {
    document.querySelectorAll("div[aria-haspopup=menu]").forEach((wrapper) => {
      const button = wrapper.querySelector("button");
      if (!button) return;
      STATES.forEach((name) => {
        if (wrapper.hasAttribute(name)) { button.setAttribute(name, wrapper.getAttribute(name)); wrapper.removeAttribute(name); }
      });
    });
    document.querySelectorAll(".mantine-InputClearButton-root:not([aria-label])").forEach((b) => b.setAttribute("aria-label", "Clear"));
    document.querySelectorAll(".mantine-Notification-closeButton:not([aria-label])").forEach((b) => b.setAttribute("aria-label", "Close the message"));
    document.querySelectorAll(".dash-upload input[type=file]:not([aria-label]), #upload input[type=file]:not([aria-label]), #after-upload input[type=file]:not([aria-label])")
      .forEach((b) => b.setAttribute("aria-label", "Choose a file"));
  };
  /* Not while the page is busy answering: what is mended is for who reads it, not for who waits for it. */
  let due = false;
  const mendSoon = () => { if (!due) { due = true; setTimeout(() => { due = false; mend(); }, 150); } };
  new MutationObserver(mendSoon).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: STATES });

  /* The steps after the brief are put on the page one by one while the browser has nothing else to do. */
  const idle = () => new Promise((go) => (window.requestIdleCallback ? requestIdleCallback(go, { timeout: 400 }) : setTimeout(go, 50)));
  let later = null;
  const places = {};
  const thereIs = (name) => { const p = places[name] || (places[name] = {}); return p.wait || (p.wait = new Promise((go) => { p.go = go; })); };
  const there = (name) => { const seen = () => (document.getElementById("panel-" + name).firstChild ? (thereIs(name), places[name].go()) : setTimeout(seen, 30)); seen(); };
  let queue = new Promise((go) => requestAnimationFrame(() => setTimeout(go, 60)));

  /* The grid's script is large and the brief needs none: it is fetched when the first grid is put on the page. */
  let gridScript = null;
  const loadGrid = () => gridScript || (gridScript = new Promise((go, fail) => {
    const script = document.createElement("script");
    script.src = document.getElementById("cl-grid-script").dataset.src;
    script.onload = () => { const real = window.dash_ag_grid; window.dash_ag_grid = Object.assign({}, real, { AgGrid: Grid }); go(real.AgGrid); };
    script.onerror = () => { gridScript = null; script.remove(); fail(); };
    document.head.appendChild(script);
  }));
  function Grid(props) {
    const [found, setFound] = React.useState(null);
    React.useEffect(() => {
      let here = true;
      const ask = () => loadGrid().then((real) => here && setFound(() => real), () => here && setTimeout(ask, 1500));
      ask();
      return () => { here = false; };
    }, []);
    return found ? React.createElement(found, props) : React.createElement("div", { id: props.id, style: props.style });
  }
  window.dash_ag_grid = { AgGrid: Grid };

  /* The grid is given its rows at once, not only when the page has told all its parts of them. */
  const grid = () => window.dash_ag_grid.getApi && window.dash_ag_grid.getApi("shortlist");
  const pinTop = (rows) => {
    const api = grid(), top = rows.filter((r) => r.pinned);
    if (api && (top.length || api.getPinnedTopRowCount())) api.setGridOption("pinnedTopRowData", top);
  };
  const shown = (rows) => {
    const api = grid();
    if (api) { api.setGridOption("rowData", rows); pinTop(rows); }
    return rows;
  };

  const idOf = (entry) => String(entry.item.creator_id || entry.item.creator.creator_id);
  const item = (type, props) => ({ namespace: "dash_mantine_components", type: type, props: props });
  const panel = (type, props) => ({ namespace: "cl_panels", type: type, props: props });
  const bars = (lines) => panel("Bars", { lines: lines });

  /* Plans. Asked for and drawn past the page's own machinery, which tells every part of every change: a budget is
     moved many times. One is under way at a time, and the newest wish waits for it; an older answer is never shown. */
  const plan = { wanted: null, waits: null, busy: false, shown: null, curved: null };
  const planGrid = () => thereIs("plan").then(loadGrid).then(() => window.dash_ag_grid.getApiAsync("plan-grid"));
  const told = (answer) => {
    const side = ((answer.sideUpdate || {}).notices || {}).sendNotifications;
    return side && side.length ? { title: side[0].title, text: side[0].message } : { title: "No plan came back", text: "Please try again." };
  };
  const planned = async (ask) => {
    const input = { id: "plan-ask", property: "data" }, output = { id: "plan-answer", property: "data" };
    const body = { output: "plan-answer.data", outputs: output, inputs: [Object.assign({ value: ask }, input)], changedPropIds: ["plan-ask.data"], state: [] };
    const answer = await window.fetch(window.location.pathname.replace(/[^/]*$/, "") + CALL,
      { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
    const whole = await answer.json();
    if (!answer.ok) return { problem: { title: whole.title || "The service failed", text: whole.detail || "Please try again." } };
    const held = (whole.response || {})["plan-answer"];
    return held ? held.data : { problem: told(whole) };
  };
  const ruleOf = (rules, id) => (rules.must.includes(id) ? "must" : rules.never.includes(id) ? "never" : "");
  const planRows = (answer, ask) => {
    const about = Object.fromEntries(ask.listed.map((one) => [one.creator_id, one]));
    const row = (id, more) => Object.assign({ creator_id: id, name: (about[id] || {}).name || id, about: (about[id] || {}).about || "", rule: ruleOf(ask.rules, id) }, more);
    if (answer.problem) return ask.listed.map((one) => row(one.creator_id, { state: "none", why: "no plan keeps to this" }));
    const booked = answer.chosen.map((one) => row(one.creator_id, Object.assign({ state: "chosen" }, one)));
    return booked.concat(answer.left.flatMap(([why, ids]) => ids.map((id) => row(id, { state: "left", why: why }))));
  };
  const planBusy = (yes) => { const line = document.getElementById("plan-busy"); if (line) line.className = yes ? "cl-busy" : ""; };
  const askPlan = async () => {
    if (plan.busy || !plan.waits) return;
    const [key, ask] = plan.waits;
    plan.waits = null; plan.busy = true; planBusy(true);
    let answer;
    try { answer = await planned(ask); }
    catch (_) { answer = { problem: { title: "The service failed", text: "Its answer could not be read; please try again." } }; }
    plan.busy = false;
    if (plan.waits) { askPlan(); return; }
    window.clPlan.show(answer);
    planGrid().then((api) => { if (plan.shown && plan.shown.key === key) api.setGridOption("rowData", plan.shown.rows); });
    plan.shown = { key: key, ask: ask, fine: !answer.problem && answer.chosen.length > 0, rows: planRows(answer, ask) };
    if (answer.problem) plan.wanted = null; // the same wish again is another try
    planBusy(false);
    setTimeout(curve, 0);
  };
  /* What other budgets bring is one curve for all of them: worked out once the set is seen and while somebody looks,
     and again only when the budget leaves it. Until then the line in it moves. */
  const CURVE = [0.25, 2];
  const curvePlot = () => document.querySelector("#plan-curves .js-plotly-plot");
  const moveLine = (left) => {
    const plot = curvePlot(), now = plan.shown, of = plan.curved;
    if (!now || !of || !of.fine) return;
    const there = window.Plotly && plot && plot.layout && (plot.layout.meta || {}).anchor === of.anchor;
    if (!there) { if (left > 0) setTimeout(() => moveLine(left - 1), 100); return; }
    const at = now.ask.budget;
    if (plot.layout.shapes[0].x0 !== at)
      window.Plotly.relayout(plot, { "shapes[0].x0": at, "shapes[0].x1": at, "annotations[0].x": at });
  };
  const curve = () => {
    const panel = document.getElementById("plan-curves"), now = plan.shown;
    if (!now || plan.busy || plan.waits || !panel || !panel.offsetParent) return;
    const key = JSON.stringify(Object.assign({}, now.ask, { budget: null })), at = now.ask.budget, of = plan.curved;
    const within = of && of.key === key && of.fine === now.fine && (!of.fine || (at >= CURVE[0] * of.anchor && at <= CURVE[1] * of.anchor));
    if (within) { moveLine(300); return; }
    // Not in the way of the next budget or rule, which mostly follows at once.
    setTimeout(() => {
      if (plan.shown !== now || plan.busy || plan.waits || (plan.curved && plan.curved.of === now)) return;
      plan.curved = { key: key, anchor: at, fine: now.fine, of: now };
      set("plan-curve-ask", { data: now.fine ? now.ask : null });
      moveLine(300);
    }, 350);
  };
  const wantPlan = (ask, soon) => {
    const key = JSON.stringify(ask);
    if (key !== plan.wanted) { plan.wanted = key; plan.waits = [key, ask]; }
    if (soon) askPlan();
  };

  const values = (list, ids) => Object.fromEntries(ids.map((id, i) => [id.name, list[i] === undefined ? null : list[i]]));

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.page = {
    /* Once: a link's brief wins over the draft of this tab. */
    boot: function () {
      const hash = window.location.hash;
      let names = Object.keys(read(localStorage, SAVED, {})).sort();
      let load = none();
      if (hash.startsWith("#brief=")) {
        try { load = decode(hash.slice(7)); tell("Opened the brief of the link."); }
        catch (_) { tell("This link holds no readable brief.", "red"); }
        history.replaceState(null, "", window.location.pathname);
      } else {
        const draft = read(sessionStorage, DRAFT, null);
        if (draft) load = draft;
      }
      return [load, names, sessionStorage.getItem(KEY) ? "Key set" : "Key", window.innerWidth < 700];
    },
    fill: function (load, ids) {
      if (!load) return ids.map(none);
      briefId = load.id || newId();
      return ids.map((id) => (id.name in load ? load[id.name] : null));
    },
    draft: function (list, ids) {
      briefId = briefId || newId();
      const draft = Object.assign(values(list, ids), { id: briefId });
      write(sessionStorage, DRAFT, draft);
      return draft;
    },
    mount: function (_, id) {
      queue = queue.then(idle);
      const name = id.slice(6);
      return queue.then(() => {
        later = later || JSON.parse(document.getElementById("cl-later").textContent);
        setTimeout(() => there(name), 0);
        return later[name];
      });
    },
    /* Tells a step that it is looked at, once it is on the page; others need not be worked out. */
    visit: function (step) {
      if (["plan", "after", "model"].includes(step)) thereIs(step).then(() => set("see-" + step, { data: Date.now() }));
      return none();
    },
    savedList: function (names) {
      if (!names || !names.length) return [item("MenuLabel", { children: "None saved yet" })];
      const each = (type, more) => names.map((name) => item("MenuItem", Object.assign({ children: name, id: { type: type, name: name } }, more)));
      return [item("MenuLabel", { children: "Kept in this browser only. Open" }), ...each("brief-open"), item("MenuDivider", {}),
        item("MenuLabel", { children: "Delete" }), ...each("brief-forget", { className: "cl-danger" })];
    },
    units: function (currency, ids) { return ids.map(() => currency || ""); },
    choose: function (_, __, ___, example, fresh) {
      const by = window.dash_clientside.callback_context.triggered_id;
      if (by === "brief-example") return example;
      if (by === "brief-new") return fresh;
      if (by && by.type === "brief-open") {
        const pressed = window.dash_clientside.callback_context.triggered[0];
        return pressed && pressed.value ? read(localStorage, SAVED, {})[by.name] || none() : none();
      }
      return none();
    },
    saveOpen: function (opened, done, draft, name) {
      const by = window.dash_clientside.callback_context.triggered_id;
      if (by === "brief-save-open" && opened) return [true, none(), [draft.brand, draft.category].filter(Boolean).join(" · ") || "My brief"];
      if (by === "brief-save-do" && done && name && name.trim()) {
        const all = read(localStorage, SAVED, {});
        all[name.trim()] = draft; write(localStorage, SAVED, all); tell("Saved “" + name.trim() + "” in this browser.");
        return [false, Object.keys(all).sort(), none()];
      }
      return [none(), none(), none()];
    },
    forget: function (presses) {
      const by = window.dash_clientside.callback_context.triggered_id, pressed = window.dash_clientside.callback_context.triggered[0];
      if (!by || !pressed || !pressed.value) return none();
      const all = read(localStorage, SAVED, {}); delete all[by.name]; write(localStorage, SAVED, all);
      return Object.keys(all).sort();
    },
    link: function (presses, draft) {
      if (!presses) return none();
      const kept = Object.fromEntries(Object.entries(draft || {}).filter(([, v]) => v !== null && v !== "" && !(Array.isArray(v) && !v.length)));
      const url = window.location.origin + window.location.pathname + "#brief=" + encode(kept);
      const shown = () => { set("link-text", { value: url }); set("link-dialog", { opened: true }); };
      if (navigator.clipboard && window.isSecureContext)
        navigator.clipboard.writeText(url).then(() => tell("Link copied. Whoever opens it sees this brief."), shown);
      else shown();
      return url;
    },
    go: function (...args) {
      const by = window.dash_clientside.callback_context.triggered_id, fine = args[args.length - 1];
      if (!by || !args.slice(0, -1).some(Boolean)) return none();
      if (!fine && (by === "brief-next" || by === "candidates-score")) {
        tell("The brief is not complete yet: look at the fields marked in red.", "red");
        setTimeout(() => { const f = document.querySelector("[aria-invalid=true]"); if (f) f.focus(); }, 300);
        return by === "brief-next" ? none() : "brief";
      }
      window.scrollTo({ top: 0 });
      return ({ "brief-next": "candidates", "candidates-score": "shortlist", "empty-to-brief": "brief",
        "empty-to-candidates": "candidates", "to-plan": "plan" })[by] || none();
    },
    /* An attribute the styles look at; the component library reads the same name when the page is opened again. */
    scheme: function () {
      const root = document.documentElement, next = root.getAttribute("data-mantine-color-scheme") === "dark" ? "light" : "dark";
      root.setAttribute("data-mantine-color-scheme", next);
      try { localStorage.setItem(SCHEME, next); } catch (_) { /* private mode */ }
      return none();
    },
    /* By the rule of the endpoint (`rank_order`): highest first; where the measure is unknown, after, by break-even fee. */
    rerank: function (by, rows) {
      if (!rows || !rows.length) return none();
      const down = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : b - a);
      return shown(rows.slice().sort((a, b) => down(a[by], b[by]) || (a[by] === null ? down(a.break_even, b.break_even) : 0))
        .map((row, at) => Object.assign({}, row, { rank: at + 1 })));
    },
    /* The safety chosen beside the shortlist is the brief's from then on. */
    safety: function (chosen, asked) {
      if (asked && chosen && Math.abs(Number(chosen) / 100 - asked.safety) > 1e-9)
        set({ type: "field", name: "safety" }, { value: Number(chosen) });
      return none();
    },
    pin: function (asked, rows) {
      if (!asked || !rows) return none();
      return shown(rows.map((r) => (r.creator_id === asked.id ? Object.assign({}, r, { pinned: !r.pinned }) : r)));
    },
    /* After another fee the pinned rows have other numbers, and after another scoring they are the ones pinned then. */
    pinned: function (asked, rows) { pinTop(rows || []); return none(); },
    columns: function (chosen, defs) {
      if (!defs) return none();
      return defs.map((d) => (d.context && d.context.choosable ? Object.assign({}, d, { hide: !chosen.includes(d.colId) }) : d));
    },
    /* Asks for the next part, and says when all parts are there. */
    nextPart: function (next) {
      if (!next) return none();
      if (next.at >= next.of) return Promise.all(["shortlist", "plan", "after"].map(thereIs)).then(() => next);
      set("job", { data: next });
      return none();
    },
    progress: function (job) {
      if (!job) return [];
      return { namespace: "dash_html_components", type: "Div", props: { className: "cl-progress", role: "status", children: [
        { namespace: "dash_mantine_components", type: "Progress", props: { value: Math.max(6, 100 * job.at / job.of),
          animated: true, "aria-label": "Scoring" } },
        { namespace: "dash_html_components", type: "Div", props: { className: "cl-muted",
          children: "Scoring: " + job.at.toLocaleString("en") + " of " + job.of.toLocaleString("en") } } ] } };
    },
    /* The line is moved in the plot itself: drawing the whole plot anew would lag behind the slider. */
    fee: function (place, points, asked) {
      const p = (points || [])[place];
      if (!p || !asked) return none();
      const minus = (t) => t.replace("-", "−"), plus = (x) => minus((x > 0 ? "+" : "") + x.toFixed(1));
      const roi = p.roi === null ? "nothing is paid, so there is no ROI" :
        "expected ROI " + plus(p.roi) + " (" + plus(p.low) + " to " + plus(p.high) + "), chance to earn back " + Math.round(100 * p.chance) + "%";
      const plot = document.querySelector("#fee-curve .js-plotly-plot");
      if (window.Plotly && plot && plot.layout) window.Plotly.relayout(plot, { "shapes[0].x0": p.fee, "shapes[0].x1": p.fee });
      return "At a fee of " + Math.round(p.fee).toLocaleString("en") + " " + asked.currency + ": " + roi + ".";
    },
    planRule: function (asked, rules) {
      if (!asked) return none();
      const was = (rules[asked.rule] || []).includes(asked.id);
      const next = { must: rules.must.filter((x) => x !== asked.id), never: rules.never.filter((x) => x !== asked.id) };
      if (!was) next[asked.rule] = next[asked.rule].concat([asked.id]);
      planGrid().then((api) => {
        const node = api.getRowNode(asked.id);
        if (node) node.setData(Object.assign({}, node.data, { rule: was ? "" : asked.rule }));
      });
      return next;
    },
    /* Slider and number follow each other, and the plan follows both. The first one is worked out while the shortlist
       is read; nothing is asked that is known. */
    plan: function (slider, number, mode, aim, rules, seen, asked, entries, rows, step) {
      const by = window.dash_clientside.callback_context.triggered.map((one) => one.prop_id);
      const typed = !by.includes("plan-slider.value"), fine = (x) => typeof x === "number" && x > 0;
      const budget = typed ? number : slider;
      if (asked && fine(budget) && entries && rows && rows.length) {
        const items = Object.fromEntries(entries.map((e) => [idOf(e), e.item]));
        const listed = rows.filter((r) => items[r.creator_id]).map((r) => ({ creator_id: r.creator_id, name: r.name, about: r.about, item: items[r.creator_id] }));
        const looked = step === "plan";
        if (listed.length) wantPlan({ campaign: asked.campaign, as_of: asked.as_of, budget: budget, mode: mode, aim: aim, rules: rules, listed: listed }, looked);
        if (looked) setTimeout(curve, 0); else setTimeout(() => idle().then(askPlan), 1200);
      }
      return [!typed && slider !== number ? slider : none(), typed && fine(number) && number !== slider ? number : none()];
    },
    openCreator: function (pressed, entries, asked) {
      if (!pressed || !asked) return Array(6).fill(none());
      const row = pressed.row, entry = (entries || []).find((e) => idOf(e) === row.creator_id);
      const wanted = { row: row, item: entry ? entry.item : null, at: pressed.at };
      // Asked for behind the verdict, not after it is drawn; not before her head is seen.
      setTimeout(() => set("creator-more", { data: wanted }), 200);
      const gone = entry ? bars(4) : "No longer in the list of candidates.";
      return [true, panel("CreatorHead", { row: row, asked: asked }), gone, entry ? bars(6) : [], entry ? bars(4) : [], wanted];
    },
    /* The service takes up another champion by itself: the tab is looked at again until it has. */
    lookAgain: function (at) {
      if (at) [3000, 8000, 15000, 30000].forEach((ms) => setTimeout(() => set("see-model", { data: Date.now() }), ms));
      return none();
    },
    compareWords: function (selected) {
      const n = (selected || []).length;
      return n > 4 ? ["Compare: at most 4", true] : n > 1 ? ["Compare " + n, false] : ["Compare: tick 2 to 4", true];
    },
    compare: function (presses, selected, asked) {
      if (!presses || !asked || !selected || selected.length < 2 || selected.length > 4) return [none(), none()];
      return [true, panel("Compare", { rows: selected.slice().sort((a, b) => a.rank - b.rank), asked: asked })];
    },
    addWords: function (selected) {
      const n = (selected || []).length;
      return [n ? "Add " + n.toLocaleString("en") + " selected" : "Add selected", !n];
    },
    afterReady: function (asked, rows) {
      if (!asked) return [{}, { display: "none" }, [], {}];
      const sorted = rows.slice().sort((a, b) => a.rank - b.rank);
      return [{ display: "none" }, {}, sorted.map((r) => ({ value: r.creator_id, label: r.name })), Object.fromEntries(rows.map((r) => [r.creator_id, r.fee]))];
    },
    afterAsk: function (kept, seen, asked, rows, entries) {
      if (!asked || !rows) return none();
      const entry = kept && (entries || []).find((e) => idOf(e) === kept.creator_id);
      return { campaign: asked.campaign, campaign_id: asked.campaign_id, names: Object.fromEntries(rows.map((r) => [r.creator_id, r.name])),
        predicted: Object.fromEntries(rows.map((r) => [r.creator_id, [r.lift, r.lift_low, r.lift_high]])),
        creator_id: kept ? kept.creator_id : null, posted_at: kept ? kept.posted_at : null, item: entry ? entry.item : null, at: Date.now() };
    },
    search: function (text) { const api = grid(); if (api) api.setGridOption("quickFilterText", text || ""); return none(); },
    key: function (presses, forget, opened, text) {
      const by = window.dash_clientside.callback_context.triggered_id;
      if (by === "key-use" && text) { sessionStorage.setItem(KEY, text.trim()); tell("The key is used until this tab is closed."); return [false, "Key set", ""]; }
      if (by === "key-open") return [true, none(), none()];
      if (by === "key-forget") { sessionStorage.removeItem(KEY); return [false, "Key", ""]; }
      return [none(), none(), none()];
    },
  };
})();
