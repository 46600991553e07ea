/** A small safe template: values are escaped, nested templates are not. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(
    strings.reduce(
      (text, part, index) => text + part + (index < values.length ? show(values[index]) : ''),
      '',
    ),
  );
}

function show(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(show).join('');
  if (value === null || value === undefined || value === false) return '';
  const escapes: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

const STYLE = `
:root{color-scheme:light;--ink:#1a1f36;--soft:#596171;--line:#d9dee5;--accent:#4f46e5;--bg:#f6f8fa}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
.banner{background:#ffe9b8;color:#5c3b00;text-align:center;font-size:14px;font-weight:600;padding:6px}
main{max-width:960px;margin:40px auto;padding:0 20px}.split{display:grid;grid-template-columns:1fr 1fr;gap:48px}
@media(max-width:720px){.card{padding:16px}.split{grid-template-columns:minmax(0,1fr);gap:24px}main{margin:20px auto}}
.card{background:#fff;border:1px solid var(--line);border-radius:10px;padding:24px;margin-bottom:20px}
h1{font-size:22px;margin:0 0 8px}h2{font-size:17px;margin:0 0 12px}.amount{font-size:36px;font-weight:700;margin:4px 0 20px}
.soft{color:var(--soft);font-size:14px}table{width:100%;border-collapse:collapse}td,th{padding:8px 4px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
td.number,th.number{text-align:right;white-space:nowrap}label{display:block;font-size:14px;font-weight:600;margin:14px 0 4px}
input,select{width:100%;padding:10px 12px;border:1px solid #c3cad4;border-radius:6px;font:inherit;background:#fff}
fieldset{border:0;padding:0;margin:0 0 16px}legend{font-weight:600;padding:0;margin-bottom:8px}.choice{display:flex;align-items:center;gap:12px;border:1px solid var(--line);border-radius:8px;padding:12px;font-weight:400;margin:0 0 8px;flex-wrap:wrap}.choice input{width:auto}.choice span:first-of-type{flex:1}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:14px;align-items:end}.buttons{display:flex;gap:12px;flex-wrap:wrap;margin:16px 0 0}.tag.good{background:#d9f2e3;color:#0b5130}.tag.bad{background:#fdecec;color:#a1160a}.tag.wait{background:#fff1d1;color:#5c3b00}button,.button{display:inline-block;border:0;border-radius:6px;background:var(--accent);color:#fff;font:inherit;font-weight:600;padding:11px 18px;cursor:pointer;text-decoration:none}
button.wide{width:100%;margin-top:22px;padding:13px}button.plain{background:#fff;color:var(--ink);border:1px solid #c3cad4}
:focus-visible{outline:3px solid #a5b4fc;outline-offset:1px}a{color:var(--accent)}.error{background:#fdecec;color:#a1160a;border-radius:6px;padding:10px 12px;margin:0 0 12px}
.tag{display:inline-block;white-space:nowrap;border-radius:99px;background:#e8ebf1;font-size:13px;padding:1px 10px}.row{display:flex;justify-content:space-between;gap:12px;align-items:center;flex-wrap:wrap}
summary{cursor:pointer;padding:4px 0}.wide-table{overflow-x:auto}td{overflow-wrap:anywhere}.wide-table td{overflow-wrap:normal}button.small{padding:4px 10px;font-size:14px}.kinds{list-style:none;padding:0;margin:0 0 12px;display:flex;flex-wrap:wrap;gap:6px 18px}textarea{border:1px solid #c3cad4;border-radius:6px;padding:10px}main>.card .card{margin-bottom:12px}
caption.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}tr.total td,tr.total th{font-weight:700;border-bottom:0}.narrow{max-width:520px;margin-left:auto;margin-right:auto}.field{display:flex;gap:8px}.field input{flex:1;min-width:0}details.soft{margin-top:16px}details.soft ul{margin:6px 0 0;padding-left:18px}input[aria-invalid=true]{border-color:#a1160a}input[readonly]{background:#f0f2f6}
form.row{justify-content:flex-start}form .row{margin-top:16px}
pre{overflow:auto;background:#f0f2f6;border-radius:6px;padding:12px;font-size:13px}
`;

export function document(title: string, body: Html): string {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${new Html(STYLE)}</style></head><body><header class="banner">Test mode: this is the local Stripe emulator. No money moves.</header><main>${body}</main></body></html>`
    .text;
}

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '));
const THREE_DECIMAL = new Set('bhd iqd jod kwd lyd omr tnd'.split(' '));

/** Minor units as text, e.g. 1234 usd → "$12.34". */
export function money(amountMinor: number, currency: string): string {
  const digits = ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  const decimals = digits === 0 ? '' : `.${text.slice(-digits)}`;
  const symbol = { usd: '$', eur: '€', gbp: '£', jpy: '¥' }[currency];
  const sign = amountMinor < 0 ? '-' : '';
  return symbol
    ? `${sign}${symbol}${whole}${decimals}`
    : `${sign}${whole}${decimals} ${currency.toUpperCase()}`;
}

export function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

const TONES: Record<string, string> = {
  active: 'good',
  paid: 'good',
  delivered: 'good',
  trialing: 'wait',
  open: 'wait',
  pending: 'wait',
  paused: 'wait',
  incomplete: 'wait',
  past_due: 'bad',
  unpaid: 'bad',
  failed: 'bad',
  uncollectible: 'bad',
};

/** A state as a small label; its color repeats what the words say. */
export function statusTag(status: string): Html {
  return html`<span class="tag ${TONES[status] ?? ''}">${status.replaceAll('_', ' ')}</span>`;
}
