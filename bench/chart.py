"""The results as one SVG: how many times better than spiped, on a logarithmic scale; bars beyond it end at its edge."""
import math

from peers import BASELINE
from report import median, ratio, rows

# Okabe and Ito's colours, which the colour-blind tell apart; all of them show on white and on near-black.
OURS = "spiped-net"
COLOURS = {OURS: "#d55e00", "stunnel": "#0072b2", "haproxy-tls": "#009e73", "plain": "#999999"}
CURVE_COLOURS = {**COLOURS, BASELINE: "#0072b2"}
PANEL_WIDTH, PANEL_HEIGHT, MARGIN = 440, 220, 50
BAR, GAP, LABEL, WIDTH, TOP = 8, 8, 330, 900, 70
LOWEST, HIGHEST = 1 / 4, 16
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; } .small { font-size: 10px; } .ours { font-weight: 600; }
.back { fill: #ffffff; } .grid { stroke: #d0d7de; } .one { stroke: #1f2328; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .back { fill: #0d1117; } .grid { stroke: #30363d; } .one { stroke: #e6edf3; }
}"""


def x(times):
    share = math.log(min(max(times, LOWEST), HIGHEST) / LOWEST) / math.log(HIGHEST / LOWEST)
    return LABEL + share * (WIDTH - LABEL - 70)


def bars(key, figure, peers, results, top):
    """The bars of one row, from spiped's line: to the right better, to the left worse."""
    parts = []
    for number, peer in enumerate(peers):
        times = ratio(results, key, peer.name)
        if times is None or times <= 0:
            continue
        better = times if figure.best is max else 1 / times
        left, right, y = min(x(1), x(better)), max(x(1), x(better)), top + number * BAR
        parts.append(f'<rect x="{left:.1f}" y="{y}" width="{right - left:.1f}" height="{BAR - 1}" fill="{COLOURS[peer.name]}"/>')
        if peer.name == OURS:
            parts.append(f'<text class="ours" x="{WIDTH - 46}" y="{y + BAR + 2}">{better:.{1 if better >= 1.95 else 2}f}×</text>')
    return parts


def svg(work, peers, results):
    peers = [peer for peer in peers if peer.name in COLOURS]
    figures = rows(work, results)
    step = BAR * max(len(peers), 2) + GAP
    height = TOP + step * len(figures) + 20
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
             f"<title>How many times better than {BASELINE}</title><style>{STYLE}</style>",
             f'<rect class="back" width="{WIDTH}" height="{height}"/>',
             f'<text class="title" x="16" y="26">How many times better than {BASELINE} (right of the line: better)</text>']
    for number, peer in enumerate(peers):
        parts.append(f'<rect x="{16 + number * 190}" y="40" width="10" height="10" fill="{COLOURS[peer.name]}"/>'
                     f'<text x="{31 + number * 190}" y="49">{peer.title}</text>')
    for power in range(round(math.log2(LOWEST)), round(math.log2(HIGHEST)) + 1):
        times = 2 ** power
        name = "one" if times == 1 else "grid"
        parts.append(f'<line class="{name}" x1="{x(times):.1f}" x2="{x(times):.1f}" y1="{TOP}" y2="{height - 18}"/>'
                     f'<text class="small" text-anchor="middle" x="{x(times):.1f}" y="{height - 6}">{times:g}×</text>')
    for number, (key, figure) in enumerate(figures):
        top = TOP + number * step + GAP // 2
        middle = top + BAR * len(peers) / 2 + 4
        parts.append(f'<text text-anchor="end" x="{LABEL - 8}" y="{middle:.1f}">{figure.title}</text>')
        parts += bars(key, figure, peers, results, top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def curves(work, peers, results):
    """How cost grows: a panel for each figure, the number of connections to the right; both axes logarithmic."""
    counts = [int(item[0].rpartition("-")[2]) for item in work]
    peers = [peer for peer in peers if peer.name in CURVE_COLOURS]
    names = list(work[0][2])
    width, height = 2 * PANEL_WIDTH, 60 + PANEL_HEIGHT * ((len(names) + 1) // 2)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
             f"<title>How cost grows with connections</title><style>{STYLE}</style>",
             f'<rect class="back" width="{width}" height="{height}"/>']
    for number, peer in enumerate(peers):
        parts.append(f'<rect x="{16 + number * 190}" y="20" width="10" height="10" fill="{CURVE_COLOURS[peer.name]}"/>'
                     f'<text x="{31 + number * 190}" y="29">{peer.title}</text>')
    parts.append(f'<text text-anchor="end" x="{width - 16}" y="29">over the number of connections; both axes logarithmic</text>')
    for number, name in enumerate(names):
        left, top = number % 2 * PANEL_WIDTH, 50 + number // 2 * PANEL_HEIGHT
        title = work[0][2][name].title.replace(", 1 connection up", "").replace(" of 1", "")
        parts += panel(f"{title} ({work[0][2][name].unit})", left, top, counts, {
            peer: [median(results.get((item[0], name), {}).get(peer.name, [])) for item in work] for peer in peers})
    return "\n".join([*parts, "</svg>"]) + "\n"


def panel(title, left, top, counts, series):
    """One figure's curves."""
    known = [value for values in series.values() for value in values if value]
    low, high = math.log(min(known, default=1) / 1.3), math.log(max(known, default=1) * 1.3)

    def at(count, value):
        across = math.log(count / counts[0]) / max(1e-9, math.log(counts[-1] / counts[0]))
        return (left + MARGIN + across * (PANEL_WIDTH - 2 * MARGIN),
                top + PANEL_HEIGHT - MARGIN - (math.log(value) - low) / (high - low) * (PANEL_HEIGHT - 2 * MARGIN + 20))

    parts = [f'<text x="{left + MARGIN}" y="{top + 14}">{title}</text>']
    for count in counts:
        x_at, bottom = at(count, math.exp(low))
        parts.append(f'<line class="grid" x1="{x_at:.1f}" x2="{x_at:.1f}" y1="{top + 24}" y2="{bottom:.1f}"/>'
                     f'<text class="small" text-anchor="middle" x="{x_at:.1f}" y="{bottom + 14:.1f}">{count:,}</text>')
    for peer, values in series.items():
        points = [(at(count, value), value) for count, value in zip(counts, values) if value]
        path = " ".join(f"{x_at:.1f},{y_at:.1f}" for (x_at, y_at), _ in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{CURVE_COLOURS[peer.name]}" stroke-width="2"/>')
        parts += [f'<text class="small" text-anchor="middle" x="{x_at:.1f}" y="{y_at - 6:.1f}">{value:,.{2 if value < 10 else 0}f}</text>'
                  for (x_at, y_at), value in points]
    return parts
