using System.Globalization;
using System.Net;
using System.Text;

namespace Parley.Testing.Evaluation.Reports;

/// <summary>
/// A call as a picture: a lane of the user and one of the agent with their level and speech, what the user did above, what the agent made of it below, and the
/// events of the server as marks.
/// </summary>
internal sealed class TimelineSvg
{
    private const int Left = 64, Right = 16, PixelsPerSecond = 48, LeastWidth = 480;
    private const int UserTop = 62, AgentTop = 132, LaneHeight = 44, AxisTop = 212, Height = 240;

    private readonly StringBuilder _svg = new();
    private readonly EvaluatedCall _call;
    private readonly double _width;

    private TimelineSvg(EvaluatedCall call) =>
        (_call, _width) = (call, Math.Max(LeastWidth, Left + Right + (call.Recording.Audio.Duration.TotalSeconds * PixelsPerSecond)));

    internal static string Of(EvaluatedCall call) => new TimelineSvg(call).Draw();

    private string Draw()
    {
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{_width:0}\" height=\"{Height}\" viewBox=\"0 0 {_width:0} {Height}\" role=\"img\">");
        Add($"<title>{Escape(_call.Name)}</title>");
        Add($"<style>{Style}</style>");
        Add($"<rect class=\"page\" width=\"100%\" height=\"100%\"/>");
        Add($"<text class=\"name\" x=\"12\" y=\"20\">{Escape(_call.Name)}</text>");
        DrawLane("user", UserTop, _call.Recording.Audio.User.Span, "user");
        DrawLane("agent", AgentTop, _call.Recording.Audio.Agent.Span, "agent");
        foreach (var segment in _call.Agent)
            Add($"<rect class=\"agent speech\" x=\"{X(segment.Start):0.0}\" y=\"{AgentTop}\" width=\"{WidthOf(segment):0.0}\" height=\"{LaneHeight}\" rx=\"3\"/>");
        DrawUtterances();
        DrawEvents();
        DrawAxis();
        Add($"</svg>");
        return _svg.ToString();
    }

    private void DrawLane(string label, int top, ReadOnlySpan<short> samples, string kind)
    {
        Add($"<text class=\"label\" x=\"12\" y=\"{top + (LaneHeight / 2) + 4}\">{label}</text>");
        Add($"<rect class=\"lane\" x=\"{Left}\" y=\"{top}\" width=\"{_width - Left - Right:0.0}\" height=\"{LaneHeight}\"/>");
        var perStep = Math.Max(1, _call.Recording.Audio.SampleRateHz / 24);
        var path = new StringBuilder();
        for (var at = 0; at < samples.Length; at += perStep)
        {
            var peak = 0;
            foreach (var sample in samples[at..Math.Min(samples.Length, at + perStep)])
                peak = Math.Max(peak, Math.Abs((int)sample));
            // A root, so that quiet speech is visible.
            var half = Math.Sqrt(peak / 32_768.0) * LaneHeight / 2;
            var x = Left + ((double)at / _call.Recording.Audio.SampleRateHz * PixelsPerSecond);
            if (half >= 0.5)
                path.Append(CultureInfo.InvariantCulture, $"M{x:0.0} {top + (LaneHeight / 2.0) - half:0.0}v{2 * half:0.0}");
        }
        Add($"<path class=\"{kind} wave\" d=\"{path}\"/>");
    }

    private void DrawUtterances()
    {
        var (labelEnd, resultEnd) = (0.0, 0.0);
        foreach (var one in _call.Utterances)
        {
            var (x, width) = (X(one.Segment.Start), WidthOf(one.Segment));
            var name = ReportMarkdown.Name(one.Kind);
            var title = Escape(Describe(one));
            Add($"<rect class=\"{ClassOf(one)} speech\" x=\"{x:0.0}\" y=\"{UserTop}\" width=\"{width:0.0}\" height=\"{LaneHeight}\" rx=\"3\"><title>{title}</title></rect>");
            // Two rows, so that labels of short utterances do not overlap.
            var row = x < labelEnd ? 0 : 1;
            Add($"<text class=\"small\" x=\"{x:0.0}\" y=\"{UserTop - 18 + (row * 12)}\">{name}</text>");
            labelEnd = row == 1 ? x + (name.Length * 6.2) : labelEnd;
            var result = ShortResult(one);
            var below = x < resultEnd ? 1 : 0;
            Add($"<text class=\"small {(IsGood(one) ? "good" : "bad")}\" x=\"{x:0.0}\" y=\"{UserTop + LaneHeight + 11 + (below * 11)}\">{Escape(result)}</text>");
            resultEnd = below == 0 ? x + (result.Length * 5.8) : resultEnd;
            if (one.ResponseLatency is { } latency)
                Add($"<path class=\"gap\" d=\"M{X(one.Segment.End):0.0} {AgentTop + (LaneHeight / 2)}H{X(one.Segment.End + latency):0.0}\"/>");
        }
    }

    private void DrawEvents()
    {
        var (bottom, labelEnd, lastCut) = (AgentTop + LaneHeight, 0.0, TimeSpan.MinValue);
        foreach (var one in _call.Recording.Events.Where(static one => one.Kind is EvaluationEventKind.Interrupted or EvaluationEventKind.TurnComplete))
        {
            var (x, isCut) = (X(one.At), one.Kind == EvaluationEventKind.Interrupted);
            // The end of an interrupted turn follows at once and would cover its mark.
            if (!isCut && lastCut >= one.At - TimeSpan.FromMilliseconds(100))
                continue;
            lastCut = isCut ? one.At : lastCut;
            var (kind, name) = isCut ? ("bad", "interrupted") : ("mark", "turnComplete");
            Add($"<path class=\"{kind} event\" d=\"M{x:0.0} {bottom}v6l-4 7h8l-4 -7\"><title>{name} at {one.At.TotalSeconds:0.00} s</title></path>");
            if (!isCut || x < labelEnd)
                continue;
            Add($"<text class=\"small bad\" x=\"{x + 6:0.0}\" y=\"{bottom + 14}\">interrupted</text>");
            labelEnd = x + 72;
        }
    }

    private void DrawAxis()
    {
        var seconds = (int)Math.Ceiling(_call.Recording.Audio.Duration.TotalSeconds);
        Add($"<line class=\"axis\" x1=\"{Left}\" y1=\"{AxisTop}\" x2=\"{_width - Right:0.0}\" y2=\"{AxisTop}\"/>");
        for (var second = 0; second < seconds; second++)
        {
            var x = X(TimeSpan.FromSeconds(second));
            Add($"<line class=\"axis\" x1=\"{x:0.0}\" y1=\"{AxisTop}\" x2=\"{x:0.0}\" y2=\"{AxisTop + (second % 5 == 0 ? 6 : 3)}\"/>");
            if (second % 5 == 0)
                Add($"<text class=\"small\" x=\"{x:0.0}\" y=\"{AxisTop + 18}\" text-anchor=\"middle\">{second} s</text>");
        }
    }

    private static string ClassOf(EvaluatedUtterance one) => one.IsTurn ? "user" : "other";

    private static bool IsGood(EvaluatedUtterance one) => one.IsIgnored ?? (one is { IsAnswered: true, AgentInterruptions: 0 } && one.IsYielded != false);

    private static string ShortResult(EvaluatedUtterance one)
    {
        if (one.IsIgnored is { } ignored)
            return ignored ? "ignored" : one.IsOverAgent ? "stopped" : "answered";
        var parts = new List<string>();
        if (one.IsYielded is { } yielded)
            parts.Add(yielded ? string.Create(CultureInfo.InvariantCulture, $"yield {one.YieldLatency!.Value.TotalSeconds:0.00} s") : "no yield");
        if (one.ResponseLatency is { } latency)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"response {latency.TotalSeconds:0.00} s"));
        else if (one.IsAnswered == false)
            parts.Add("no answer");
        if (one.AgentInterruptions > 0)
            parts.Add("talked over");
        return string.Join(", ", parts);
    }

    private static string Describe(EvaluatedUtterance one) =>
        $"{ReportMarkdown.Name(one.Kind)}{(one.Words is { } words ? $" \"{words}\"" : "")}: {ReportMarkdown.Result(one)}";

    private static double X(TimeSpan time) => Left + (time.TotalSeconds * PixelsPerSecond);

    private static double WidthOf(SpeechSegment segment) => segment.Duration.TotalSeconds * PixelsPerSecond;

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private void Add(FormattableString line) => _svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private const string Style =
        "text{font:12px system-ui,sans-serif;fill:#1f2328}.name{font-weight:600;font-size:13px}.small{font-size:11px}.page{fill:#fff}.lane{fill:#f0f2f5}"
        + ".user{fill:#0969da;stroke:#0969da}.agent{fill:#8250df;stroke:#8250df}.other{fill:#9a6700;stroke:#9a6700}.speech{fill-opacity:.16;stroke-opacity:.7}"
        + ".wave{fill:none;stroke-width:1.4;stroke-opacity:.75}.axis{stroke:#8c959f}.gap{fill:none;stroke:#8c959f;stroke-width:1.5;stroke-dasharray:3 3}"
        + ".good{fill:#1a7f37}.bad{fill:#cf222e}.mark{fill:#59636e}.event{stroke:none}"
        + "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.lane{fill:#161b22}.user{fill:#4493f8;stroke:#4493f8}"
        + ".agent{fill:#ab7df8;stroke:#ab7df8}.other{fill:#d29922;stroke:#d29922}.wave{fill:none}.good{fill:#3fb950}.bad{fill:#f85149}.mark{fill:#9198a1}}";
}
