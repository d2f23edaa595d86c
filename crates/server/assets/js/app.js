// Everything works without this file. It ticks clocks, keeps focus where people expect it, and saves a few clicks.
'use strict';
(() => {
  const body = document.body;
  const loaded = { at: Date.parse(body.dataset.now), since: performance.now() };
  const now = () => loaded.at + ('still' in body.dataset ? 0 : performance.now() - loaded.since);

  // Clocks: the clock time stays, only the small text beside it counts.
  const words = (ms) => {
    const minutes = Math.floor(Math.abs(ms) / 60000);
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    const length = days ? `${days} d ${hours} h` : hours ? `${hours} h ${rest} min` : `${rest} min`;
    return ms >= 0 ? `${length} left` : `${length} overdue`;
  };
  let said = 0;
  const tick = () => {
    for (const small of document.querySelectorAll('small[data-until]')) {
      const left = Date.parse(small.dataset.until) - now();
      if (Number.isNaN(left)) continue;
      const before = small.dataset.passed;
      small.textContent = words(left);
      small.setAttribute('aria-hidden', 'true');
      small.dataset.passed = String(left < 0);
      if (before === 'false' && left < 0) say(small.closest('[data-name]')?.dataset.name);
    }
  };
  // At most one announcement every ten seconds.
  const say = (name) => {
    if (!name || performance.now() - said < 10000) return;
    said = performance.now();
    document.getElementById('say').textContent = `${name} is now overdue.`;
  };
  if (!('still' in body.dataset)) setInterval(tick, 15000);
  tick();

  // Focus: an error summary first; after a swap the new h1 or summary, unless the person is somewhere useful.
  document.getElementById('problems')?.focus();
  document.addEventListener('htmx:after:swap', (event) => {
    tick();
    const target = event.detail?.ctx?.target ?? event.target;
    if (!(target instanceof Element) || target.contains(document.activeElement)) return;
    const summary = target.querySelector('#problems');
    const heading = target.querySelector('h1');
    if (summary) summary.focus();
    else if (heading) { heading.tabIndex = -1; heading.focus(); }
  });

  // Keys: "/" finds, Escape closes the open menu. Keys typed into a field are the person's own.
  const isTyping = (node) => node instanceof Element && node.closest('input, textarea, select, [contenteditable]');
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      const open = document.querySelector('details.menu[open]');
      if (open) { open.open = false; open.querySelector('summary').focus(); }
    }
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const search = document.querySelector('form[role="search"] input[type="search"]');
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  });
  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // Letters left in a note.
  document.addEventListener('input', (event) => {
    const count = document.querySelector(`[data-count="${CSS.escape(event.target.id ?? '')}"]`);
    if (count) count.textContent = `${Number(count.dataset.max) - [...event.target.value].length} left.`;
  });

  // The size of a text while it is written, counted as the server counts it: with what stands behind it, and with every fact in it.
  const plainMarks = [
    [/[\u2018\u2019\u201a\u201b\u2032`\u00b4]/g, "'"], [/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/g, '"'],
    [/[\u2010-\u2015\u2212\u2022]/g, '-'], [/\u2026/g, '...'],
    [/[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' '], [/[\u200b-\u200f\u2060\ufeff\u00ad\r]/g, ''],
  ];
  const plain = (text) => plainMarks.reduce((kept, [marks, mark]) => kept.replace(marks, mark), text)
    .split('\n').map((line) => line.split(' ').filter(Boolean).join(' ')).join('\n').trim();
  const filled = (text, facts) => text
    .replace(/\{%-?\s*else\s*-?%\}[\s\S]*?\{%-?\s*endif\s*-?%\}/g, '').replace(/\{%[\s\S]*?%\}/g, '')
    .replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => facts[name] ?? '');
  const counted = (text, basic, extended) => {
    const letters = [...text];
    const is7 = letters.every((c) => basic.includes(c) || extended.includes(c));
    const each = letters.map((c) => is7 ? (basic.includes(c) ? 1 : 2) : c.length);
    const [alone, inParts] = is7 ? [160, 153] : [70, 67];
    const units = each.reduce((sum, unit) => sum + unit, 0);
    let [parts, fill] = [units > 0 ? 1 : 0, 0];
    if (units > alone) {
      for (const unit of each) {
        if (fill + unit > inParts) { parts += 1; fill = 0; }
        fill += unit;
      }
    }
    const words = `${units} characters, sent in ${parts === 1 ? '1 part' : `${parts} parts`}`;
    return is7 ? words : `${words}: a mark or letter in it makes each part shorter`;
  };
  document.addEventListener('input', (event) => {
    const out = document.querySelector(`[data-size="${CSS.escape(event.target.id ?? '')}"]`);
    if (!out) return;
    const text = plain(filled(event.target.value, JSON.parse(out.dataset.facts)));
    out.textContent = counted(`${text}\n${out.dataset.end}`, out.dataset.basic, out.dataset.extended);
  });

  // Copying: where the browser does not let us, the link is selected for the person to copy.
  const copy = async (button) => {
    const field = document.getElementById(button.dataset.copy);
    const label = button.querySelector('span') ?? button;
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      label.textContent = 'Copied';
    } catch {
      label.textContent = 'Selected: press Ctrl+C';
    }
  };
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-copy]') : null;
    if (button) copy(button);
  });

  // Sending: the button says so, and a second press is ignored.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (!navigator.onLine) {
      event.preventDefault();
      document.getElementById('offline').hidden = false;
      return;
    }
    form.dataset.sent = 'yes';
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    button.setAttribute('aria-disabled', 'true');
    setTimeout(() => { if (form.dataset.sent) button.textContent = 'Saving…'; }, 400);
  });
  // Coming back to a page that the browser kept: its forms can be sent again.
  const forgive = () => {
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
    for (const button of document.querySelectorAll('button[aria-disabled]')) button.removeAttribute('aria-disabled');
  };
  window.addEventListener('pageshow', (event) => { if (event.persisted) forgive(); });
  document.addEventListener('htmx:after:request', forgive);
  window.addEventListener('online', () => { document.getElementById('offline').hidden = true; forgive(); });
})();
