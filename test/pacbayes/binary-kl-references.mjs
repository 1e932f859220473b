// The 60-digit reference values of binary-kl.test.ts and binary-kl-inverse.test.ts, printed as the tables that stand
// there: `node test/pacbayes/binary-kl-references.mjs`, a minute. It shares no code with the library.
import { all, create } from "mathjs";

// 1 − 1e-300 needs 300 digits, and kl of size 1e-300 sixty more.
const { bignumber, log, exp, sqrt, pow } = create(all, { number: "BigNumber", precision: 480 });

/** The value of a double, without rounding it to 15 decimals. */
function exactly(x) {
  let [mantissa, exponent] = [x, 0];
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent--;
  }
  return bignumber(BigInt(mantissa).toString()).times(pow(bignumber(2), bignumber(exponent)));
}

/** a log(a/b), with 0 log 0 = 0. */
const term = (a, b) => (a.isZero() ? a : a.times(log(a.div(b))));
const ONE = bignumber(1);
const kl = (q, p) => term(q, p).plus(term(ONE.minus(q), ONE.minus(p)));

/** The p below q at which kl(q‖p) = c: Newton's method in log p, and then the proof that the root is there. */
function lower(q, c) {
  if (q.isZero() || c.div(q).gt(1e5)) return bignumber(0); // or below 1e-40000
  const rest = ONE.minus(q);
  const entropy = term(q, ONE).plus(term(rest, ONE)).negated();
  const near = q.minus(sqrt(c.times(q).times(2)));
  const far = exp(c.plus(entropy).div(q).negated());
  let p = near.gt(far) ? near : far;
  for (let steps = 0; steps < 2000; steps++) {
    const step = kl(q, p).minus(c).times(ONE.minus(p)).div(q.minus(p));
    p = p.times(exp(step));
    if (step.abs().lt(q.minus(p).times("1e-80"))) break;
  }
  // The root is inside the 70th digit of p, or of q − p if that is smaller.
  const width = bignumber("1e-70").times(p.lt(q.minus(p)) ? p : q.minus(p));
  if (!(kl(q, p.minus(width)).gt(c) && kl(q, p.plus(width)).lt(c))) throw new Error(`no root at ${p.toString()}`);
  return p;
}
const upper = (q, c) => ONE.minus(lower(ONE.minus(q), c));

const QS = [0, 1e-300, 1e-16, 0.01, 0.3, 0.5, 0.99, 1 - 1e-16, 1];
const CS = [1e-300, 1e-16, 0.001, 0.5, 3, 40];
const digits = (x) => x.toPrecision(60);

console.log("q p kl(q‖p)");
const PAIRS = QS.filter((q) => q > 0 && q < 1).flatMap((q) =>
  [...new Set([1e-300, q * (1 - 2 ** -30), q * (1 + 2 ** -52), Math.min(q * 1.5, (1 + q) / 2), 0.5, 1 - 2 ** -40])].map(
    (p) => [q, p],
  ),
);
for (const [q, p] of PAIRS) if (p !== q && p < 1) console.log(`${q} ${p} ${digits(kl(exactly(q), exactly(p)))}`);
console.log("\nq c upper lower");
for (const q of QS) {
  for (const c of CS) {
    const [Q, C] = [exactly(q), exactly(c)];
    console.log(`${q} ${c} ${digits(upper(Q, C))} ${digits(lower(Q, C))}`);
  }
}
