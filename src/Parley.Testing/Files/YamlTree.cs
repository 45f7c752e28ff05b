using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Parley.Testing.Files;

/// <summary>
/// Reads YAML into nodes, event by event: nothing is created from types that a file names. Of YAML 1.2 one document, anchors and aliases are read; tags and
/// merge keys are not.
/// </summary>
internal sealed class YamlTree
{
    private readonly FileProblems _problems;
    private readonly IParser _parser;
    private readonly Dictionary<string, (FileNode? Node, int Size)> _anchors = [];
    private int _nodes;

    private YamlTree(string text, FileProblems problems) => (_parser, _problems) = (new Parser(new Scanner(new StringReader(text), skipComments: true)), problems);

    /// <summary>The document; null if it is empty or cannot be read, which is reported.</summary>
    internal static FileNode? Read(string text, FileProblems problems)
    {
        var tree = new YamlTree(text, problems);
        try
        {
            return tree.ReadDocument();
        }
        catch (TreeException e)
        {
            problems.Error(e.Line, e.Column, e.Message);
        }
        catch (YamlException e) when (FindTab(text, (int)e.Start.Line) is { } tab)
        {
            problems.Error(tab.Line, tab.Column, "There is a tab in the indentation. YAML allows spaces only.");
        }
        catch (YamlException e)
        {
            problems.Error((int)Math.Max(1, e.Start.Line), (int)Math.Max(1, e.Start.Column), $"This is not YAML: {Explain(e)}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner of YamlDotNet reports some texts so, without a place: what it read last is before it.
            var last = tree._parser.Current?.End ?? Mark.Empty;
            problems.Error((int)Math.Max(1, last.Line), (int)Math.Max(1, last.Column), "This is not YAML after this place.");
        }
        return null;
    }

    private FileNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
            return null;
        _parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            throw new TreeException(second.Start, "A scenario file has one document. Put the second one into a file of its own.");
        return root;
    }

    private FileNode ReadNode(int depth)
    {
        if (_parser.Current is not NodeEvent current)
            return ReadAlias();
        if (depth > FileLimits.Depth)
            throw new TreeException(current.Start, $"The file is nested deeper than {FileLimits.Depth} levels.");
        Count(1, current.Start);
        if (!current.Tag.IsEmpty && current.Tag.Value != "!" && current.Tag.Value != "tag:yaml.org,2002:str")
            throw new TreeException(current.Start, $"The tag {current.Tag.Value} is not allowed. Write the value without a tag.");
        var before = _nodes;
        var anchor = current.Anchor.IsEmpty ? null : current.Anchor.Value;
        if (anchor is not null)
            _anchors[anchor] = (null, 0);
        FileNode node = current switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadList(depth),
            _ => ReadMap(depth),
        };
        if (anchor is not null)
            _anchors[anchor] = (node, _nodes - before + 1);
        return node;
    }

    private FileNode ReadAlias()
    {
        var alias = _parser.Consume<AnchorAlias>();
        if (!_anchors.TryGetValue(alias.Value.Value, out var target))
            throw new TreeException(alias.Start, $"There is no anchor &{alias.Value.Value} before this alias.");
        if (target.Node is null)
            throw new TreeException(alias.Start, $"The alias *{alias.Value.Value} is inside of its own anchor.");
        Count(target.Size, alias.Start);
        return target.Node;
    }

    private FileScalar ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        return new FileScalar((int)scalar.Start.Line, (int)scalar.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty);
    }

    private FileList ReadList(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        var items = new List<FileNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return new FileList((int)start.Start.Line, (int)start.Start.Column, items);
    }

    private FileMap ReadMap(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new EntryList(_problems);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.Accept<Scalar>(out var key))
                throw new TreeException(_parser.Current!.Start, "A key must be a text.");
            Count(1, key.Start);
            var name = ReadScalar();
            entries.Add(name, ReadNode(depth + 1));
        }
        return new FileMap((int)start.Start.Line, (int)start.Start.Column, entries.Entries);
    }

    private void Count(int nodes, Mark at)
    {
        _nodes += nodes;
        if (_nodes > FileLimits.Nodes)
            throw new TreeException(at, $"The file has more than {FileLimits.Nodes:N0} values, those of repeated anchors counted each time.");
    }

    private static (int Line, int Column)? FindTab(string text, int errorLine)
    {
        var lines = text.Split('\n');
        // A text that goes on over several lines fails where it began.
        for (var i = Math.Min(errorLine + 1, lines.Length) - 1; i >= 0 && i >= errorLine - 2; i--)
        {
            var indentation = lines[i].Length - lines[i].TrimStart(' ', '\t').Length;
            if (lines[i].IndexOf('\t', 0, indentation) is >= 0 and var column)
                return (i + 1, column + 1);
        }
        return null;
    }

    private static string Explain(YamlException e)
    {
        var message = (e.InnerException ?? e).Message;
        var text = message[(message.IndexOf("): ", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0)..].TrimEnd('.');
        return $"{text.ReplaceLineEndings(" ")}. Quote texts that contain ': ', '#', '{{', '[' or begin with a sign.";
    }

    private sealed class TreeException(Mark at, string message) : Exception(message)
    {
        internal int Line { get; } = (int)at.Line;

        internal int Column { get; } = (int)at.Column;
    }
}
