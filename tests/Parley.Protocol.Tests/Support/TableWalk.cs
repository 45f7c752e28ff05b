using Parley.Protocol.Codec;

namespace Parley.Protocol.Tests.Support;

/// <summary>A field of a message, with the JSON around it.</summary>
/// <param name="Field">The field.</param>
/// <param name="Path">Where its message is, as in errors; empty at the top.</param>
/// <param name="Before">The text of a whole message up to its name.</param>
/// <param name="After">The text behind its value.</param>
internal sealed record TableField(Field Field, string Path, string Before, string After)
{
    public string FieldPath => Path.Length == 0 ? Field.ProtoName : $"{Path}.{Field.ProtoName}";

    public string Json(string value, string? name = null) => $"{Before}\"{name ?? Field.JsonName}\":{value}{After}";

    public override string ToString() => FieldPath;
}

/// <summary>Finds every field of every message below a table, each message once.</summary>
internal static class TableWalk
{
    public static IReadOnlyList<TableField> Fields(MessageType root, string path = "")
    {
        var found = new List<TableField>();
        var seen = new HashSet<MessageType> { root };
        var open = new Queue<(MessageType Type, string Path, string Before, string After)>([(root, path, "{", "}")]);
        while (open.TryDequeue(out var message))
        {
            foreach (var field in message.Type.Fields)
            {
                var at = new TableField(field, message.Path, message.Before, message.After);
                found.Add(at);
                var (inner, index, start, end) = field.Codec switch
                {
                    { IsMap: true, Element: { } value } => (value.Message, "[0].value", "{\"k\":{", "}}"),
                    { Element: { } item } => (item.Message, "[0]", "[{", "}]"),
                    var codec => (codec.Message, "", "{", "}"),
                };
                if (inner is not null && seen.Add(inner))
                    open.Enqueue((inner, at.FieldPath + index, $"{at.Before}\"{field.JsonName}\":{start}", end + at.After));
            }
        }
        return found;
    }
}
