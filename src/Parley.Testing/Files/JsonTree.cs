using System.Text;
using System.Text.Json;

namespace Parley.Testing.Files;

/// <summary>Reads JSON into nodes with their places.</summary>
internal ref struct JsonTree
{
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly FileProblems _problems;
    private readonly List<int> _lines = [0];
    private Utf8JsonReader _reader;
    private int _nodes;

    private JsonTree(ReadOnlySpan<byte> utf8, FileProblems problems)
    {
        _utf8 = utf8;
        _problems = problems;
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = FileLimits.Depth });
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] == (byte)'\n')
                _lines.Add(i + 1);
        }
    }

    /// <summary>The document; null if it cannot be read, which is reported.</summary>
    internal static FileNode? Read(string text, FileProblems problems)
    {
        try
        {
            var tree = new JsonTree(Encoding.UTF8.GetBytes(text), problems);
            tree._reader.Read();
            var root = tree.ReadNode();
            // Anything that follows is an error.
            tree._reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            var message = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            problems.Error((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, $"This is not JSON: {message}.");
            return null;
        }
    }

    private FileNode ReadNode()
    {
        var (line, column) = Place();
        if (++_nodes > FileLimits.Nodes)
            throw new JsonException($"The file has more than {FileLimits.Nodes:N0} values", null, line - 1, column - 1);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var entries = new EntryList(_problems);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
                {
                    var at = Place();
                    var key = new FileScalar(at.Line, at.Column, Text(), IsPlain: false);
                    _reader.Read();
                    entries.Add(key, ReadNode());
                }
                return new FileMap(line, column, entries.Entries);
            case JsonTokenType.StartArray:
                var items = new List<FileNode>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadNode());
                return new FileList(line, column, items);
            case JsonTokenType.String:
                return new FileScalar(line, column, Text(), IsPlain: false);
            default:
                return new FileScalar(line, column, Encoding.UTF8.GetString(_reader.ValueSpan), IsPlain: true);
        }
    }

    // A lone surrogate in an escape is valid for the reader, but no text.
    private readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            var (line, column) = Place();
            throw new JsonException("The text has half of a surrogate pair", null, line - 1, column - 1);
        }
    }

    private readonly (int Line, int Column) Place()
    {
        var at = (int)_reader.TokenStartIndex;
        var line = _lines.BinarySearch(at);
        if (line < 0)
            line = ~line - 1;
        return (line + 1, Encoding.UTF8.GetCharCount(_utf8[_lines[line]..at]) + 1);
    }
}
