/* The creator's head and the comparison, drawn in the browser from the rows of the shortlist, and plain HTML in one go. */
(function () {
  "use strict";
  const h = (...args) => React.createElement(...args);
  const NONE = "–";
  const f = window.clForm, known = (x) => typeof x === "number" && isFinite(x);
  const as = (form) => (x) => (known(x) ? f[form](x) : NONE);
  const say = Object.fromEntries(Object.keys(f).map((name) => [name, as(name)]));
  const span = (row, name, form) =>
    (known(row[name + "_low"]) && known(row[name + "_high"]) ? say[form](row[name + "_low"]) + " to " + say[form](row[name + "_high"]) : NONE);
  const paid = (x, currency) => (known(x) ? f.money(x) + " " + currency : NONE);

  const figure = (label, value, below) => h("div", { className: "cl-figure", key: label },
    h("div", { className: "cl-figure-label" }, label),
    h("div", { className: "cl-figure-value" }, value),
    h("div", { className: "cl-figure-below" }, below));

  /* Who she is, her numbers, the verdict, and what to look at. */
  function CreatorHead(props) {
    const row = props.row, asked = props.asked, words = asked.words;
    return h("div", null,
      h("h2", { className: "cl-h2 cl-creator-name" }, h("bdi", null, row.name)),
      h("p", { className: "cl-lead" }, row.about, h("span", { className: "cl-muted" }, " · " + (words.support[row.support] || ""))),
      h("div", { className: "cl-figures is-six" },
        figure("Fit", say.count(row.fit), span(row, "fit", "count")),
        figure("Lift", say.percent(row.lift), span(row, "lift", "percent")),
        figure("Extra " + words.things, say.orders(row.orders), span(row, "orders", "orders")),
        figure("People reached", say.count(row.exposed), span(row, "exposed", "count")),
        figure("ROI", say.ratio(row.roi), span(row, "roi", "ratio")),
        figure("Maximum fee", paid(row.maximum_fee, asked.currency), "break-even " + say.money(row.break_even))),
      h("p", { className: "cl-verdict" + (row.tone ? " is-" + row.tone : "") }, row.verdict),
      row.flags.length > 0 && h("div", null, h("h3", { className: "cl-h3" }, "To look at"),
        h("ul", { className: "cl-flag-list" }, row.flags.map((flag) =>
          h("li", { key: flag.code }, h("span", { className: "cl-flag" }, flag.label), flag.text.slice(flag.text.indexOf(": ") + 1))))));
  }

  /* The lines of the comparison: name, value, what stands below, and the number whose highest is marked or drawn. */
  const lines = (asked) => [
    ["Platform and size", (r) => r.about],
    ["Fit", (r) => say.count(r.fit), (r) => span(r, "fit", "count"), "fit"],
    ["Lift", (r) => say.percent(r.lift), (r) => span(r, "lift", "percent"), "lift", "percent"],
    ["People reached", (r) => say.count(r.exposed), (r) => span(r, "exposed", "count"), "exposed"],
    ["Extra " + asked.words.things, (r) => say.orders(r.orders), (r) => span(r, "orders", "orders"), "orders", "orders"],
    ["ROI", (r) => say.ratio(r.roi), (r) => span(r, "roi", "ratio"), "roi", "ratio"],
    ["Chance to earn back", (r) => say.share(r.chance), null, "chance"],
    ["Fee asked", (r) => paid(r.fee, asked.currency)],
    ["Maximum fee", (r) => paid(r.maximum_fee, asked.currency), (r) => "break-even " + paid(r.break_even, asked.currency), "maximum_fee"],
    ["Expected profit", (r) => paid(r.profit, asked.currency), (r) => span(r, "profit", "money"), "profit", "money"],
    ["Verdict", (r) => r.verdict],
    ["Like past deals", (r) => asked.words.support[r.support] || ""],
    ["To look at", (r) => r.flags.map((flag) => flag.label).join(", ") || "nothing"],
  ];

  /* The intervals of one line on one scale, 0 within it. */
  const scale = (rows, name) => {
    const ends = rows.flatMap((r) => [r[name + "_low"], r[name + "_high"]]).filter(known);
    const low = Math.min(0, ...ends), high = Math.max(0, ...ends);
    return high > low ? [low, high] : null;
  };
  const mark = (row, name, ends) => {
    if (!ends || !known(row[name])) return null;
    const at = (x) => (100 * (x - ends[0])) / (ends[1] - ends[0]);
    const low = at(row[name + "_low"]), high = at(row[name + "_high"]);
    return h("div", { className: "cl-mark is-wide", "aria-hidden": true },
      h("div", { className: "cl-mark-zero", style: { left: at(0) + "%" } }),
      h("div", { className: "cl-mark-span", style: { left: low + "%", width: high - low + "%" } }),
      h("div", { className: "cl-mark-dot" + (row[name] >= 0 ? "" : " is-bad"), style: { left: at(row[name]) + "%" } }));
  };

  function Compare(props) {
    const rows = props.rows;
    const line = ([label, value, below, name, drawn]) => {
      const top = name && Math.max(...rows.map((r) => r[name]).filter(known));
      const best = name && rows.filter((r) => r[name] === top).map(value)[0]; // as it is shown: equal ones are both best
      const ends = drawn && scale(rows, name);
      return h("tr", { key: label },
        h("th", { scope: "row" }, label,
          ends && h("div", { className: "cl-figure-below" }, "drawn from " + say[drawn](ends[0]) + " to " + say[drawn](ends[1]))),
        rows.map((r) => h("td", { key: r.creator_id },
          h("div", { className: name && known(r[name]) && value(r) === best ? "cl-best" : "" }, value(r)),
          below && h("div", { className: "cl-figure-below" }, below(r)), mark(r, name, ends))));
    };
    return h("div", { className: "cl-scroll", tabIndex: 0, role: "region", "aria-label": "Comparison" },
      h("table", { className: "cl-table cl-compare" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }),
          rows.map((r) => h("th", { key: r.creator_id, scope: "col" }, h("bdi", null, r.name))))),
        h("tbody", null, lines(props.asked).map(line))),
      h("p", { className: "cl-note" }, "Best of each line in green. The bar is the range, the dot the expected value, the dashed line 0."));
  }

  /* Plain HTML from the service: [name, attributes, children], or text. */
  const draw = (node, key) => {
    if (!Array.isArray(node)) return node;
    const [name, attributes, children] = node;
    return h(name, Object.assign({ key: key }, attributes), ...children.map(draw));
  };
  const Still = (props) => draw(props.tree);

  /* The plan that is shown: each part of it is told apart from all else on the page. */
  const parts = new Set();
  let planNow = null;
  window.clPlan = { show: (answer) => { planNow = answer; parts.forEach((tell) => tell(answer)); } };
  function Plan(props) {
    const [answer, tell] = React.useState(planNow);
    React.useEffect(() => { parts.add(tell); tell(planNow); return () => { parts.delete(tell); }; }, []);
    if (!answer) return props.part === "result" ? h(Bars, { lines: 3 }) : null;
    if (!answer.problem) return draw(answer[props.part]);
    return props.part !== "result" ? null : h("div", { className: "cl-told is-bad cl-gap-top", role: "alert" },
      h("strong", null, answer.problem.title), h("div", null, answer.problem.text));
  }

  /* Where text and plots will be. */
  const Bars = (props) => h("div", { className: "cl-bars", "aria-hidden": true },
    Array.from({ length: props.lines }, (_, n) => h("div", { key: n, style: { width: 92 - 9 * (n % 4) + "%" } })));

  window.cl_panels = { CreatorHead, Compare, Plan, Still, Bars };
})();
