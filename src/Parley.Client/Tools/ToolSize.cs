using System.Runtime.InteropServices;
using Parley.Protocol;

namespace Parley.Client.Tools;

/// <summary>Size of tool responses on the wire. A message that is too long closes the session with 1009.</summary>
internal static class ToolSize
{
    // {"toolResponse":{"functionResponses":[…]}}, and for each {"id":"…","name":"…","response":…,"scheduling":"…","willContinue":true},
    private const int Envelope = 64, EachEnvelope = 160, PartEnvelope = 64;

    /// <summary>An upper bound, without encoding the response.</summary>
    internal static long Of(FunctionResponse response)
    {
        var bytes = EachEnvelope + (6L * ((response.Id?.Length ?? 0) + (response.Name?.Length ?? 0)));
        if (response.Response is { ValueKind: not System.Text.Json.JsonValueKind.Undefined } value)
            bytes += JsonMarshal.GetRawUtf8Value(value).Length;
        foreach (var part in response.Parts ?? [])
        {
            bytes += PartEnvelope + (((part.InlineData?.Data?.Length ?? 0) + 2L) / 3 * 4)
                + (6L * ((part.InlineData?.MimeType?.Length ?? 0) + (part.FileData?.FileUri?.Length ?? 0) + (part.FileData?.MimeType?.Length ?? 0)));
        }
        return bytes;
    }

    /// <summary>Replaces the answers that do not fit the rest of the message by errors.</summary>
    /// <returns>Indices of those that were replaced.</returns>
    internal static List<int> Fit(List<FunctionResponse> answers, int maxBytes)
    {
        var replaced = new List<int>();
        long left = maxBytes - Envelope;
        // The short ones first: one long result must not cost the others theirs.
        foreach (var (index, size) in answers.Select(static (answer, i) => (i, Of(answer))).OrderBy(static one => one.Item2).ToList())
        {
            if (size <= left)
            {
                left -= size;
                continue;
            }
            var error = ToolAnswer.Error(TooLong(size, maxBytes));
            answers[index] = answers[index] with { Response = error.Response, Parts = null };
            left -= Of(answers[index]);
            replaced.Add(index);
        }
        return replaced;
    }

    /// <exception cref="ArgumentException">The answers are too long.</exception>
    internal static void Require(ToolResponse? response, int maxBytes)
    {
        if (response?.FunctionResponses is not { } answers)
            return;
        var size = Envelope + answers.Sum(Of);
        if (size > maxBytes)
        {
            throw new ArgumentException(
                $"The tool response has up to {size:N0} bytes; the server accepts {maxBytes:N0} (LiveClientOptions.MaxToolResponseBytes). Send less, or an error.");
        }
    }

    private static string TooLong(long size, int maxBytes) =>
        $"The result is too long: {size:N0} bytes; {maxBytes:N0} can be sent. Ask for less of it.";
}
