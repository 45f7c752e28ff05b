using CsCheck;
using Parley.Client.Ending;

namespace Parley.Client.Tests.Ending;

/// <summary>The texts of servers about JSON they do not take, whatever the client sent and wherever the wire cuts them.</summary>
public class JsonErrorTests
{
    private static Gen<string> Any(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    // Words of other causes, which a client may have sent as a name or value.
    private static readonly Gen<string> Words = Any("foo", "response", "quota", "API key expired", "is deprecated", "session not found", "currently unavailable");

    private static readonly Gen<string> Path = Any(
        "setup", "setup.generation_config", "setup.tools[0].function_declarations[3]", "tool_response.function_responses[0]",
        "setup.tools[0].function_declarations[0].parameters.properties[0].value", "realtime_input", "auth_token.bidi_generate_content_setup");

    private static readonly Gen<(string Text, EndCause Cause, string Path)> Texts = Gen.OneOf(
        Words.Select(static name => ($"Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.", EndCause.UnknownField, name)),
        Gen.Select(Words, Path).Select(static (name, path) => ($"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field.", EndCause.UnknownField, $"{path}.{name}")),
        Words.Select(static name => ($"Invalid JSON payload received. Unknown name \"{name}\": Proto field is not repeating, cannot start list.", EndCause.InvalidArgument, name)),
        Gen.Select(Words, Path).Select(static (name, path) => ($"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Proto field is not repeating, cannot start list.", EndCause.InvalidArgument, $"{path}.{name}")),
        Gen.Select(Words, Path).Select(static (value, path) => ($"Invalid value at '{path}' (type.googleapis.com/google.protobuf.Struct), \"{value}\"", EndCause.InvalidArgument, path)),
        Gen.Select(Words, Path).Select(static (value, path) => ($"Invalid value at '{path}' (TYPE_ENUM), \"{value}\"", EndCause.InvalidArgument, path)),
        Path.Select(static path => ($"Invalid value at '{path}' (TYPE_INT32), 1.5", EndCause.InvalidArgument, path)),
        Path.Select(static path => ($"Invalid value at '{path}' (Map), Cannot bind a list to map for field 'labels'.", EndCause.InvalidArgument, path)),
        Path.Select(static path => ($"Invalid value at '{path}' (TYPE_STRING), Starting an object on a scalar field", EndCause.InvalidArgument, path)),
        Gen.Select(Words, Path).Select(static (name, path) => ($"Invalid value at '{path}' (oneof), oneof field 'kind' is already set. Cannot set '{name}'", EndCause.InvalidArgument, $"{path}.{name}")),
        Words.Select(static name => ($"Invalid value (oneof), oneof field 'message' is already set. Cannot set '{name}'", EndCause.InvalidArgument, name)),
        Gen.Const(("Invalid value at 'auth_token': field_mask and lock_additional_fields cannot both be set.", EndCause.InvalidArgument, "auth_token")));

    [Fact]
    public void Every_text_gives_cause_and_path() => Texts.Sample(static text =>
    {
        var end = new SessionEnd(CloseClassifier.Classify(1007, text.Text).Cause, 1007, text.Text);

        Assert.Equal((text.Cause, RetryAdvice.No), (end.Cause, CloseClassifier.Classify(1007, text.Text).Advice));
        Assert.Equal(text.Path, end.FieldPath);
        Assert.Equal(text.Cause, CloseClassifier.Classify(null, text.Text).Cause);
        if (text.Cause == EndCause.InvalidArgument)
            Assert.Contains(text.Path, end.Hint, StringComparison.Ordinal);
    });

    /// <summary>The wire cuts a reason at 123 bytes: what is left of the path is its beginning, and never another cause's.</summary>
    [Fact]
    public void A_cut_text_gives_the_beginning_of_the_path() => Gen.Select(Texts, Gen.Int[0, 200]).Sample(static (text, length) =>
    {
        var cut = text.Text[..Math.Min(length, text.Text.Length)];

        var cause = CloseClassifier.Classify(1007, cut).Cause;
        var path = CloseClassifier.FieldPath(cut) ?? "";

        Assert.True(cause is EndCause.UnknownField or EndCause.InvalidArgument, $"{cause}: {cut}");
        var last = text.Path[(text.Path.LastIndexOf('.') + 1)..];
        Assert.True(
            text.Path.StartsWith(path, StringComparison.Ordinal) || last.StartsWith(path, StringComparison.Ordinal) || path.EndsWith("." + last, StringComparison.Ordinal),
            $"{path} of {cut}");
    });

    [Theory]
    [InlineData("BidiGenerateContentSetup contains fields that are not specified in field_mask", EndCause.InvalidArgument)]
    [InlineData("Invalid JSON payload received. Expected end of string.", EndCause.InvalidArgument)]
    public void Other_texts_about_a_request_are_read(string text, EndCause cause) => Assert.Equal(cause, CloseClassifier.Classify(null, text).Cause);

    [Fact]
    public void An_unknown_voice_leads_to_the_voices()
    {
        var refused = LiveClientModelFactory.ConnectException(EndCause.UnsupportedFeature, closeCode: 1007, reason: "There is no voice 'Koree'.");

        Assert.Contains("LiveSetup.Voice", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("schema", refused.Message, StringComparison.Ordinal);
        Assert.Contains("LiveSetup.Voice", new SessionEnd(EndCause.UnsupportedFeature, 1007, "There is no voice 'Koree'.").Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void No_message_of_a_first_connection_speaks_of_a_handle()
    {
        foreach (var cause in Enum.GetValues<EndCause>().Except([EndCause.InvalidHandle, EndCause.SessionNotFound]))
            Assert.DoesNotContain("handle", LiveClientModelFactory.ConnectException(cause).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void No_update_prints_the_name_of_a_collection()
    {
        var call = new Parley.Protocol.FunctionCall { Id = "1", Name = "weather" };
        var usage = new Parley.Protocol.UsageMetadata { TotalTokenCount = 3, PromptTokensDetails = [new()] };
        LiveUpdate[] updates =
        [
            new ToolCallUpdate([call]), new ToolCallCancelledUpdate(["1"]), new UsageUpdate(usage), new TurnCompleteUpdate(null, null, usage),
            new ReconnectedUpdate(true, new ReconnectLoss { ToolCalls = [call] }, 1, 1, TimeSpan.Zero), new ToolFailedUpdate(call, "broken", null),
        ];
        foreach (var text in updates.Select(static update => update.ToString()))
            Assert.False(text.Contains("<>", StringComparison.Ordinal) || text.Contains("`1", StringComparison.Ordinal) || text.Contains("[]", StringComparison.Ordinal), text);
        Assert.Contains("weather", updates[0].ToString(), StringComparison.Ordinal);
    }
}
