type Triple = readonly [number, number, number];

/** WCAG 2.2 contrast of two `#rrggbb` colors. */
export function contrastRatio(left: string, right: string): number {
  const [light, dark] = [luminance(left), luminance(right)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function linear(color: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function luminance(color: string): number {
  const [red, green, blue] = linear(color);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Machado, Oliveira and Fernandes (2009), severity 1.0, in linear light. */
const matrices: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** The color as seen with one kind of cone missing, in linear light. */
export function simulateDeficiency(color: string, kind: 'none' | 'protan' | 'deutan' | 'tritan'): Triple {
  const input = linear(color);
  const rows = matrices[kind] ?? [];
  const seen = rows.map((row) => {
    const sum = row[0] * input[0] + row[1] * input[1] + row[2] * input[2];
    return Math.min(1, Math.max(0, sum));
  });
  return [seen[0] ?? 0, seen[1] ?? 0, seen[2] ?? 0];
}

function toLab([red, green, blue]: Triple): Triple {
  const x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047;
  const y = 0.2126729 * red + 0.7151522 * green + 0.072175 * blue;
  const z = (0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883;
  const curve = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  return [116 * curve(y) - 16, 500 * (curve(x) - curve(y)), 200 * (curve(y) - curve(z))];
}

const degree = Math.PI / 180;

/** CIEDE2000 of two colors in linear light (Sharma, Wu and Dalal, 2005). */
export function colorDifference(left: Triple, right: Triple): number {
  const [l1, a1, b1] = toLab(left);
  const [l2, a2, b2] = toLab(right);
  const meanC = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const gray = 0.5 * (1 - Math.sqrt(meanC ** 7 / (meanC ** 7 + 25 ** 7)));
  const [c1, h1] = polar(a1 * (1 + gray), b1);
  const [c2, h2] = polar(a2 * (1 + gray), b2);
  const turn = c1 * c2 === 0 ? 0 : wrap(h2 - h1);
  const deltaH = 2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * degree);
  const meanL = (l1 + l2) / 2;
  const meanC2 = (c1 + c2) / 2;
  const meanH = h1 + turn / 2;
  const weightL = 1 + (0.015 * (meanL - 50) ** 2) / Math.sqrt(20 + (meanL - 50) ** 2);
  const weightC = 1 + 0.045 * meanC2;
  const weightH = 1 + 0.015 * meanC2 * hueWeight(meanH);
  const rotation =
    -2 *
    Math.sqrt(meanC2 ** 7 / (meanC2 ** 7 + 25 ** 7)) *
    Math.sin(60 * Math.exp(-(((meanH - 275) / 25) ** 2)) * degree);
  const partC = (c2 - c1) / weightC;
  const partH = deltaH / weightH;
  return Math.sqrt(((l2 - l1) / weightL) ** 2 + partC ** 2 + partH ** 2 + rotation * partC * partH);
}

function polar(a: number, b: number): readonly [chroma: number, hue: number] {
  return [Math.hypot(a, b), (Math.atan2(b, a) / degree + 360) % 360];
}

function wrap(angle: number): number {
  if (angle > 180) return angle - 360;
  return angle < -180 ? angle + 360 : angle;
}

function hueWeight(hue: number): number {
  return (
    1 -
    0.17 * Math.cos((hue - 30) * degree) +
    0.24 * Math.cos(2 * hue * degree) +
    0.32 * Math.cos((3 * hue + 6) * degree) -
    0.2 * Math.cos((4 * hue - 63) * degree)
  );
}
