using System.Text.Json;

namespace Parley.Server.Relay;

/// <summary>Function calls that the model waits for, tracked from the forwarded messages. Not for concurrent use.</summary>
internal sealed class OpenCalls
{
    /// <summary>More calls than any model has open; further ones are not tracked.</summary>
    private const int MaxCalls = 256;

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private HashSet<string>? _lost;

    internal int Count => _open.Count;

    /// <summary>{"functionCalls":[{"id":"x","name":"f"}]}</summary>
    /// <param name="toolCall">The value.</param>
    /// <param name="called">Called with the id and name of each.</param>
    internal void Called(ReadOnlySpan<byte> toolCall, Action<string, string>? called = null)
    {
        foreach (var (id, name, _) in Items(toolCall, "functionCalls"u8, "function_calls"u8))
        {
            if (id is not null && _open.Count < MaxCalls && _open.Add(id))
                called?.Invoke(id, name ?? "");
        }
    }

    /// <summary>{"functionResponses":[{"id":"x","willContinue":true}]}</summary>
    /// <param name="toolResponse">The value.</param>
    /// <param name="answered">Called with the id of each call whose last response this is.</param>
    /// <returns>False if the upstream has lost every call that this answers, so that the response must not be forwarded.</returns>
    internal bool Answered(ReadOnlySpan<byte> toolResponse, Action<string>? answered = null)
    {
        var (any, wanted) = (false, false);
        foreach (var (id, _, willContinue) in Items(toolResponse, "functionResponses"u8, "function_responses"u8))
        {
            any = true;
            wanted |= id is null || _lost?.Contains(id) is not true;
            if (id is not null && !willContinue && _open.Remove(id))
                answered?.Invoke(id);
        }
        return wanted || !any;
    }

    /// <summary>{"ids":["x"]}</summary>
    /// <param name="cancellation">The value.</param>
    /// <param name="cancelled">Called with each id that was open.</param>
    internal void Cancelled(ReadOnlySpan<byte> cancellation, Action<string>? cancelled = null)
    {
        var reader = new Utf8JsonReader(cancellation);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && Text(ref reader) is { } id && _open.Remove(id))
                cancelled?.Invoke(id);
        }
    }

    /// <summary>Marks all open calls as lost by the upstream, and returns their ids.</summary>
    internal IReadOnlyList<string> MarkLost()
    {
        string[] ids = [.. _open];
        _open.Clear();
        (_lost ??= new(StringComparer.Ordinal)).UnionWith(ids);
        if (_lost.Count > MaxCalls)
            _lost = [.. ids];
        return ids;
    }

    // An id that is not valid UTF-8 is ignored.
    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static List<(string? Id, string? Name, bool WillContinue)> Items(ReadOnlySpan<byte> json, ReadOnlySpan<byte> list, ReadOnlySpan<byte> snakeCaseList)
    {
        var items = new List<(string?, string?, bool)>(1);
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return items;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isList = reader.ValueTextEquals(list) || reader.ValueTextEquals(snakeCaseList);
            reader.Read();
            if (!isList || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                    items.Add(Item(ref reader));
            }
        }
        return items;
    }

    private static (string? Id, string? Name, bool WillContinue) Item(ref Utf8JsonReader reader)
    {
        (string? Id, string? Name, bool WillContinue) item = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.ValueTextEquals("id"u8) ? 'i' : reader.ValueTextEquals("name"u8) ? 'n'
                : reader.ValueTextEquals("willContinue"u8) || reader.ValueTextEquals("will_continue"u8) ? 'w' : ' ';
            reader.Read();
            if (member == 'i' && reader.TokenType == JsonTokenType.String)
                item.Id = Text(ref reader);
            else if (member == 'n' && reader.TokenType == JsonTokenType.String)
                item.Name = Text(ref reader);
            else if (member == 'w')
                item.WillContinue = reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }
        return item;
    }
}
