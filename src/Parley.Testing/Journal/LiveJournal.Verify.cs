using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Protocol;
using Parley.Testing.Journal;

namespace Parley.Testing;

// Assertions. Those on the timeline take patterns: words that are in a line, in order; * between them stands for anything. Case counts.
public sealed partial class LiveJournal
{
    private const string UpdateVariable = "PARLEY_UPDATE_SNAPSHOTS", DeterministicRoot = "/_/";

    /// <summary>Checks that lines of the timeline come in this order; others may be between them.</summary>
    /// <param name="patterns">For each line words that are in it, such as <c>model calls set_lamp</c>; <c>*</c> stands for anything.</param>
    /// <exception cref="ExpectationException">One does not come after the one before it.</exception>
    public void VerifyOrder(params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        var timeline = Timeline;
        var at = 0;
        foreach (var (i, pattern) in patterns.Index())
        {
            var found = Find(timeline, pattern, at);
            if (found < 0)
            {
                var before = i == 0 ? "" : $" after \"{patterns[i - 1]}\"";
                var earlier = Find(timeline, pattern, 0) is >= 0 and var line ? $", but it came before, at {Seconds(timeline[line].Time)}" : "";
                throw Fails($"Expected \"{pattern}\"{before}{earlier}.", timeline, at - 1);
            }
            at = found + 1;
        }
    }

    /// <summary>Checks that no line of the timeline matches.</summary>
    /// <param name="pattern">Words that are in a line; <c>*</c> stands for anything.</param>
    /// <exception cref="ExpectationException">One does.</exception>
    public void VerifyNone(string pattern)
    {
        var timeline = Timeline;
        if (Find(timeline, pattern, 0) is >= 0 and var at)
            throw Fails($"Expected no \"{pattern}\", but it came at {Seconds(timeline[at].Time)}.", timeline, at);
    }

    /// <summary>Checks that a line of the timeline follows another one soon enough.</summary>
    /// <param name="time">Longest time between the two.</param>
    /// <param name="from">The first line.</param>
    /// <param name="to">The line after it.</param>
    /// <exception cref="ExpectationException">One of them did not come, or the second came later.</exception>
    public void VerifyWithin(TimeSpan time, string from, string to)
    {
        VerifyOrder(from, to);
        var timeline = Timeline;
        var first = Find(timeline, from, 0);
        var second = Find(timeline, to, first + 1);
        if (timeline[second].Time - timeline[first].Time is var took && took > time)
            throw Fails($"Expected \"{to}\" within {Seconds(time)} of \"{from}\", but it took {Seconds(took)}.", timeline, second);
    }

    /// <summary>Checks the response to the newest call of a function.</summary>
    /// <param name="name">Name of the function.</param>
    /// <param name="json">The whole response, as JSON; the order of members does not count.</param>
    /// <exception cref="ExpectationException">There is none, or another; the message lists the differences.</exception>
    public void VerifyToolResponse(string name, [System.Diagnostics.CodeAnalysis.StringSyntax(System.Diagnostics.CodeAnalysis.StringSyntaxAttribute.Json)] string json)
    {
        var responses = ToolResponses.Where(response => response.Name == name).ToList();
        if (responses.Count == 0)
            throw Fails($"Expected a response of {name}, but there was none.", Timeline, -1);
        Compare($"The response of {name}", json, responses[^1].Response is { } value ? JsonNode.Parse(value.GetRawText()) : null, isSubset: false);
    }

    /// <summary>Checks members of the newest setup; it may have others.</summary>
    /// <param name="json">
    /// The members as JSON, such as <c>{"model":"models/gemini-3.8-live","sessionResumption":{}}</c>. Lists must have as many elements as in the setup.
    /// </param>
    /// <exception cref="ExpectationException">The setup differs; the message lists the differences.</exception>
    public void VerifySetup([System.Diagnostics.CodeAnalysis.StringSyntax(System.Diagnostics.CodeAnalysis.StringSyntaxAttribute.Json)] string json)
    {
        var sent = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(Setup, sent);
        Compare("The setup", json, JsonNode.Parse(sent.WrittenSpan), isSubset: true);
    }

    /// <summary>
    /// Compares the timeline with a file beside the test, <c>TestClass.Test.txt</c>. With the environment variable <c>PARLEY_UPDATE_SNAPSHOTS=1</c> the file
    /// is written instead.
    /// </summary>
    /// <param name="name">Name of the file without its extension; default the names of the file and the method that call.</param>
    /// <param name="directory">Its directory; default that of the file that calls.</param>
    /// <param name="testFile">Set by the compiler.</param>
    /// <param name="testName">Set by the compiler.</param>
    /// <exception cref="ExpectationException">There is no such file, or the timeline differs; the message shows the difference.</exception>
    public void VerifySnapshot(string? name = null, string? directory = null, [CallerFilePath] string testFile = "", [CallerMemberName] string testName = "")
    {
        var actual = string.Join('\n', Timeline) + "\n";
        directory ??= DirectoryOf(testFile);
        if (!Directory.Exists(directory))
            throw new ExpectationException($"The directory of snapshots {directory} does not exist. If the test was built on another machine, give the directory.");
        var file = Path.Combine(directory, (name ?? $"{Path.GetFileNameWithoutExtension(testFile)}.{testName}") + ".txt");
        if (Environment.GetEnvironmentVariable(UpdateVariable) is "1" or "true")
        {
            File.WriteAllText(file, actual);
            return;
        }
        if (!File.Exists(file))
            throw new ExpectationException($"There is no snapshot {file}. Set {UpdateVariable}=1 and run the test again to write it. The timeline is:\n{actual}");
        if (TextDiff.Compare(File.ReadAllText(file), actual) is { } difference)
            throw new ExpectationException($"The timeline differs from {Path.GetFileName(file)} (- expected, + came):\n{difference}\nIf it should, set {UpdateVariable}=1 and run the test again.");
    }

    // A deterministic build writes /_/ for the root of the repository: it is one of the directories above the test program.
    private static string DirectoryOf(string testFile)
    {
        var directory = Path.GetDirectoryName(testFile)!;
        if (Directory.Exists(directory) || !directory.Replace('\\', '/').StartsWith(DeterministicRoot, StringComparison.Ordinal))
            return directory;
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            if (Path.Combine(above.FullName, directory[DeterministicRoot.Length..]) is var found && Directory.Exists(found))
                return found;
        }
        return directory;
    }

    private static void Compare(string what, string expected, JsonNode? actual, bool isSubset)
    {
        JsonNode? wanted;
        try
        {
            wanted = JsonNode.Parse(expected);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The expected value is not JSON: {e.Message}", nameof(expected), e);
        }
        var differences = JsonDiff.Compare(wanted, actual, isSubset).ToList();
        if (differences.Count > 0)
            throw new ExpectationException($"{what} is not as expected:\n* {string.Join("\n* ", differences)}");
    }

    private static int Find(IReadOnlyList<TimelineEvent> timeline, string pattern, int from)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        var words = pattern.Split('*', StringSplitOptions.RemoveEmptyEntries);
        for (var i = from; i < timeline.Count; i++)
        {
            var at = 0;
            if (Array.TrueForAll(words, word => (at = timeline[i].Text.IndexOf(word, at, StringComparison.Ordinal)) >= 0 && (at += word.Length) >= 0))
                return i;
        }
        return -1;
    }

    private static ExpectationException Fails(string what, IReadOnlyList<TimelineEvent> timeline, int marked)
    {
        var text = new StringBuilder(what).Append(timeline.Count == 0 ? " The timeline is empty." : " The timeline:");
        foreach (var (i, one) in timeline.Index())
            text.Append(i == marked ? "\n> " : "\n  ").Append(one);
        return new ExpectationException(text.ToString());
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}
