/* Cells of the shortlist: a bar, a mark with its interval, a verdict. Drawn by the grid only for visible rows. */
(function () {
  "use strict";
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const h = (...args) => React.createElement(...args);
  const clamp = (x, a, b) => Math.max(a, Math.min(b, x));
  const minus = (text) => text.replace("-", "−");
  const tenths = (x) => Math.round(10 * x) / 10 + 0; // no "-0.0"
  // Made once: a formatter of its own for every cell is slow.
  const one = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 }), whole = new Intl.NumberFormat("en");
  const thousands = (x) => whole.format(Math.round(x) + 0);
  const form = {
    percent: (x) => minus((Math.round(100 * x) > 0 ? "+" : "") + (Math.round(100 * x) + 0) + "%"),
    share: (x) => minus(Math.round(100 * x) + 0 + "%"),
    ratio: (x) => minus((tenths(x) > 0 ? "+" : "") + one.format(tenths(x))),
    orders: (x) => minus(Math.abs(x) < 9.95 ? one.format(tenths(x)) : thousands(x)),
    count: (x) => thousands(x),
    money: (x) => minus(Math.abs(x) < 10 && x !== Math.round(x) ? x.toFixed(2) : thousands(x)),
    plain: (x) => String(Math.round(x)),
    rate: (x) => (1000 * x).toFixed(2),
  };
  window.clForm = form;
  const known = (x) => typeof x === "number" && isFinite(x);
  const none = () => h("span", { className: "cl-cell-none" }, "–");

  cells.ClFit = function (props) {
    const d = props.data || {};
    if (!known(d.fit)) return none();
    const low = clamp(d.fit_low, 0, 100), high = clamp(d.fit_high, 0, 100);
    return h("div", { className: "cl-cell" },
      h("div", { className: "cl-cell-main" }, Math.round(d.fit),
        h("span", { className: "cl-cell-range" }, Math.round(low) + " to " + Math.round(high))),
      h("div", { className: "cl-bar", "aria-hidden": true },
        h("div", { className: "cl-bar-fill", style: { width: clamp(d.fit, 0, 100) + "%" } }),
        h("div", { className: "cl-bar-span", style: { left: low + "%", width: Math.max(high - low, 1) + "%" } })));
  };

  cells.ClMark = function (props) {
    const d = props.data || {}, key = props.field, f = form[props.form] || form.plain;
    const mid = d[key], low = d[key + "_low"], high = d[key + "_high"];
    if (!known(mid)) return none();
    const a = props.from, b = props.to, at = (x) => 100 * clamp((x - a) / (b - a), 0, 1);
    return h("div", { className: "cl-cell" },
      h("div", { className: "cl-cell-main" }, f(mid),
        known(low) && h("span", { className: "cl-cell-range" }, f(low).replace("%", "") + " to " + f(high))),
      known(low) && h("div", { className: "cl-mark", "aria-hidden": true },
        a < 0 && b > 0 && h("div", { className: "cl-mark-zero", style: { left: at(0) + "%" } }),
        h("div", { className: "cl-mark-span", style: { left: at(low) + "%", width: at(high) - at(low) + "%" } }),
        h("div", { className: "cl-mark-dot " + (mid >= 0 ? "" : "is-bad"), style: { left: at(mid) + "%" } })));
  };

  cells.ClRange = function (props) {
    const d = props.data || {}, key = props.field, f = form[props.form] || form.plain;
    if (!known(d[key])) return none();
    return h("div", { className: "cl-cell" },
      h("div", { className: "cl-cell-main" }, f(d[key])),
      known(d[key + "_low"]) &&
        h("div", { className: "cl-cell-range" }, f(d[key + "_low"]) + " to " + f(d[key + "_high"])));
  };

  cells.ClNumber = function (props) {
    return known(props.value) ? h("span", null, (form[props.form] || form.plain)(props.value)) : none();
  };

  cells.ClCreator = function (props) {
    const d = props.data || {};
    return h("div", { className: "cl-cell cl-cell-name" },
      h("button", { className: "cl-link", title: "Open " + d.name, tabIndex: -1,
        onClick: () => window.clOpenCreator && window.clOpenCreator(d) },
        h("bdi", null, d.name)),
      h("div", { className: "cl-cell-range" }, d.about));
  };

  const FEE_WORDS = { good: "asked within", warn: "asked above", bad: "asked above" };
  cells.ClMaxFee = function (props) {
    const d = props.data || {};
    if (!known(d.maximum_fee)) return none();
    return h("div", { className: "cl-cell", title: d.verdict },
      h("div", { className: "cl-cell-main" + (d.tone ? " is-" + d.tone : "") }, form.money(d.maximum_fee),
        h("span", { className: "cl-cell-range" }, FEE_WORDS[d.tone] || "no fee asked")),
      h("div", { className: "cl-cell-range" }, "break-even " + form.money(d.break_even)));
  };

  cells.ClFlags = function (props) {
    const flags = props.value || [];
    if (!flags.length) return none();
    const title = flags.map((f) => f.text).join("\n");
    return h("div", { className: "cl-flags", title: title },
      flags.slice(0, 2).map((f) => h("span", { key: f.code, className: "cl-flag" }, f.label)),
      flags.length > 2 && h("span", { className: "cl-flag is-more" }, "+" + (flags.length - 2)));
  };

  cells.ClState = function (props) {
    if (props.value === "none") return none();
    return props.value === "chosen" ? h("span", { className: "cl-state is-in" }, "Booked") : h("span", { className: "cl-state" }, "Left out");
  };

  cells.ClRule = function (props) {
    const d = props.data || {};
    const button = (rule, label, title) => h("button", { key: rule, className: "cl-rule" + (d.rule === rule ? " is-on" : ""),
      "aria-pressed": d.rule === rule, title: title, "aria-label": title + " " + d.name,
      onClick: () => window.clPlanRule && window.clPlanRule(d.creator_id, rule) }, label);
    return h("div", { className: "cl-rules" }, button("must", "Lock", "Always book"), button("never", "Exclude", "Never book"));
  };

  cells.ClPin = function (props) {
    const on = !!(props.data || {}).pinned;
    return h("button", { className: "cl-pin" + (on ? " is-on" : ""), "aria-pressed": on, tabIndex: -1,
      "aria-label": (on ? "Unpin " : "Pin ") + (props.data || {}).name, title: on ? "Unpin" : "Pin to the top",
      onClick: () => window.clPin && window.clPin(props.data.creator_id) }, on ? "★" : "☆");
  };

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.clFlagText = (params) => (params.value || []).map((f) => f.label).join(" ");
  functions.clNotSearched = () => "";
  functions.clSupport = (params) => ({ in: "yes", edge: "somewhat", out: "no: a guess" })[params.value] || "";
  functions.clNumber = (params) => (params.newValue === "" || params.newValue === null ? null : Number(params.newValue));
})();
