using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Client.Tools;

/// <summary>
/// Results that are media: <see cref="AIContent"/>s, alone or in a list, and results of MCP tools (<c>{"content":[{"type":"image",…}]}</c>).
/// Pictures and other data go as parts of the function response; base64 in its JSON would be text to the model.
/// </summary>
internal static class ToolMedia
{
    /// <summary>The response; null if the result holds no content of these kinds.</summary>
    internal static FunctionResponse? TryConvert(object? result, JsonSerializerOptions options) => result switch
    {
        AIContent content => Of([content], options),
        // A string is a list of characters, not of contents.
        IEnumerable<AIContent> contents => Of([.. contents], options),
        JsonElement { ValueKind: JsonValueKind.Object } whole when whole.TryGetProperty("content", out var list) && HasMedia(list) => OfMcp(whole, list),
        _ => null,
    };

    private static FunctionResponse Of(List<AIContent> contents, JsonSerializerOptions options)
    {
        if (contents is [ErrorContent error])
            return ToolAnswer.Error(error.Message);
        var parts = new List<FunctionResponsePart>();
        var values = new List<object?>();
        foreach (var content in contents)
        {
            switch (content)
            {
                case DataContent data:
                    parts.Add(Inline(data.MediaType, data.Data));
                    break;
                case UriContent uri:
                    parts.Add(new FunctionResponsePart { FileData = new FileData { FileUri = uri.Uri.ToString(), MimeType = uri.MediaType } });
                    break;
                case TextContent text:
                    values.Add(text.Text);
                    break;
                default:
                    values.Add(content);
                    break;
            }
        }
        var response = values.Count switch
        {
            0 => ToolAnswer.OfValue(Describe(parts), options),
            1 => ToolAnswer.OfValue(values[0], options),
            _ => ToolAnswer.OfAll(values, options),
        };
        return parts.Count == 0 ? response : response with { Parts = parts };
    }

    private static bool HasMedia(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array && list.EnumerateArray().Any(static block => TryReadMedia(block, out _));

    private static FunctionResponse OfMcp(JsonElement whole, JsonElement list)
    {
        var parts = new List<FunctionResponsePart>();
        var others = new List<object?>();
        foreach (var block in list.EnumerateArray())
        {
            if (TryReadMedia(block, out var part))
                parts.Add(part!);
            else if (block.ValueKind == JsonValueKind.Object && block.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
                others.Add(text);
            else
                others.Add(block);
        }
        if (whole.TryGetProperty("structuredContent", out var structured) && structured.ValueKind == JsonValueKind.Object)
            return new FunctionResponse { Response = structured, Parts = parts };
        var response = others.Count switch
        {
            0 => ToolAnswer.OfValue(Describe(parts), AIJsonUtilities.DefaultOptions),
            1 => ToolAnswer.OfValue(others[0], AIJsonUtilities.DefaultOptions),
            _ => ToolAnswer.OfAll(others, AIJsonUtilities.DefaultOptions),
        };
        return response with { Parts = parts };
    }

    // {"type":"image","data":"base64","mimeType":"image/png"}, or {"type":"resource","resource":{"blob":"base64","mimeType":"…"}}
    private static bool TryReadMedia(JsonElement block, out FunctionResponsePart? part)
    {
        part = null;
        if (block.ValueKind != JsonValueKind.Object)
            return false;
        var (holder, name) = block.TryGetProperty("resource", out var resource) && resource.ValueKind == JsonValueKind.Object ? (resource, "blob") : (block, "data");
        if (holder.TryGetProperty("mimeType", out var type) && type.ValueKind == JsonValueKind.String
            && holder.TryGetProperty(name, out var data) && data.ValueKind == JsonValueKind.String && data.TryGetBytesFromBase64(out var bytes))
        {
            part = Inline(type.GetString()!, bytes);
        }
        return part is not null;
    }

    private static FunctionResponsePart Inline(string mimeType, ReadOnlyMemory<byte> data) =>
        new() { InlineData = new Blob { MimeType = mimeType, Data = data } };

    private static string Describe(List<FunctionResponsePart> parts) =>
        "attached: " + string.Join(", ", parts.Select(static part => part.InlineData?.MimeType ?? part.FileData?.MimeType));
}
