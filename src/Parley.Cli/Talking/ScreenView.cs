using Parley.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Parley.Cli.Talking;

/// <summary>For an interactive terminal: the latest transcripts of both sides, level meters and keys, drawn ten times a second.</summary>
internal sealed class ScreenView : ITalkView
{
    private const int FrameLines = 6;
    private const int KeptEntries = 500;
    private const int MeterCells = 20;

    // Range of the meters: speech at a microphone lies within it.
    private const double QuietDb = -60, LoudDb = -6;

    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _drawing;
    private readonly string _title;
    private readonly string _keys;
    private readonly Func<TalkStatus> _status;

    internal ScreenView(string title, string keys, Func<TalkStatus> status)
    {
        _title = title;
        _keys = keys;
        _status = status;
        _drawing = DrawAsync();
    }

    private enum EntryKind
    {
        User,
        Model,
        Fact,
    }

    public void Heard(string text, bool isInterim)
    {
        lock (_lock)
        {
            var entry = Open(EntryKind.User);
            if (isInterim)
                entry.Interim = text.Trim();
            else
                (entry.Text, entry.Interim) = ((entry.Text + text).TrimStart(), "");
        }
    }

    public void Typed(string text)
    {
        lock (_lock)
            Add(new Entry(EntryKind.User) { Text = text, IsClosed = true });
    }

    public void Said(string text)
    {
        lock (_lock)
        {
            var entry = Open(EntryKind.Model);
            entry.Text = (entry.Text + text).TrimStart();
        }
    }

    public void Interrupted()
    {
        lock (_lock)
        {
            // A complete answer may still have been playing.
            if (_entries.FindLast(entry => entry.Kind == EntryKind.Model) is { } interrupted)
                interrupted.IsInterrupted = true;
            else
                Add(new Entry(EntryKind.Fact) { Text = "interrupted" });
            _entries.ForEach(entry => entry.IsClosed = true);
        }
    }

    public void EndTurn()
    {
        lock (_lock)
            _entries.ForEach(entry => entry.IsClosed = true);
    }

    public void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data)
    {
        lock (_lock)
            Add(new Entry(EntryKind.Fact) { Text = sentence, IsClosed = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _drawing;
        _ended.Dispose();
    }

    private async Task DrawAsync()
    {
        using var timer = new PeriodicTimer(Frame);
        await AnsiConsole.Live(Build()).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).StartAsync(async live =>
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_ended.Token))
                    live.UpdateTarget(Build());
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                live.UpdateTarget(Build());
            }
        });
    }

    private Rows Build()
    {
        var status = _status();
        List<IRenderable> rows = [new Rule($"[bold]{Markup.Escape(_title)}[/]").LeftJustified().RuleStyle("grey")];
        lock (_lock)
            rows.AddRange(Last().Select(entry => entry.Render()));
        rows.Add(new Rule().RuleStyle("grey"));
        rows.Add(new Markup(
            $"[cyan]mic[/] {Meter(status.Microphone)} {Markup.Escape(status.MicrophoneState),-10} [green]speaker[/] {Meter(status.Speaker)} "
            + (status.Queued > TimeSpan.Zero ? $"{status.Queued.TotalSeconds:0.0} s to come" : "silent")));
        rows.Add(
            status.Typing is { } typing ? new Markup($"[bold]say:[/] {Markup.Escape(typing)}[blink]_[/]") : new Markup($"[grey]{Markup.Escape(_keys)}[/]"));
        return new Rows(rows);
    }

    private static string Meter(AudioLevel level)
    {
        var cells = (int)Math.Clamp((level.RmsDb - QuietDb) / (LoudDb - QuietDb) * MeterCells, 0, MeterCells);
        var color = level.PeakDb > -1 ? "red" : "green";
        return $"[{color}]{new string('■', cells)}[/][grey]{new string('·', MeterCells - cells)}[/]";
    }

    // The newest entries that fit in the window.
    private List<Entry> Last()
    {
        var room = Math.Max(3, AnsiConsole.Profile.Height - FrameLines);
        var width = Math.Max(20, AnsiConsole.Profile.Width - Entry.LabelWidth);
        var from = _entries.Count;
        while (from > 0 && (room -= _entries[from - 1].Lines(width)) >= 0)
            from--;
        return _entries[from..];
    }

    private Entry Open(EntryKind kind)
    {
        if (_entries.FindLast(entry => entry.Kind == kind) is { IsClosed: false } open)
            return open;
        return Add(new Entry(kind));
    }

    private Entry Add(Entry entry)
    {
        if (_entries.Count == KeptEntries)
            _entries.RemoveAt(0);
        _entries.Add(entry);
        return entry;
    }

    private sealed class Entry(EntryKind kind)
    {
        internal const int LabelWidth = 7;

        internal EntryKind Kind => kind;

        internal string Text { get; set; } = "";

        internal string Interim { get; set; } = "";

        internal bool IsInterrupted { get; set; }

        internal bool IsClosed { get; set; }

        internal int Lines(int width) => 1 + ((Text.Length + Interim.Length + (IsInterrupted ? 15 : 0)) / width);

        internal Grid Render()
        {
            var grid = new Grid { Expand = true }
                .AddColumn(new GridColumn().Width(LabelWidth - 1).Padding(0, 0, 1, 0)).AddColumn(
                new GridColumn().Padding(0, 0, 0, 0));
            var label = kind switch { EntryKind.User => "[cyan]you[/]", EntryKind.Model => "[green]model[/]", _ => "" };
            var text = Markup.Escape(Text);
            if (kind == EntryKind.Fact)
                text = $"[grey]{text}[/]";
            if (Interim.Length > 0)
                text += $"[grey italic]{Markup.Escape((Text.Length > 0 ? " " : "") + Interim)} …[/]";
            if (IsInterrupted)
                text += " [yellow]— interrupted[/]";
            return grid.AddRow(new Markup(label), new Markup(text));
        }
    }
}
