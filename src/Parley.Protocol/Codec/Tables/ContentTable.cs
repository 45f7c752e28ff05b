namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.Content> Content => field ??=
        new MessageType<Protocol.Content>()
            .String("role", static m => m.Role, static (m, v) => m.Role = v)
            .Messages("parts", static () => Part, static m => m.Parts, static (m, v) => m.Parts = v);

    internal static MessageType<Protocol.Part> Part => field ??=
        new MessageType<Protocol.Part>()
            .String("text", static m => m.Text, static (m, v) => m.Text = v, oneOf: "data")
            .Message("inlineData", static () => Blob, static m => m.InlineData, static (m, v) => m.InlineData = v, oneOf: "data")
            .Message("fileData", static () => FileData, static m => m.FileData, static (m, v) => m.FileData = v, oneOf: "data")
            .Message("functionCall", static () => FunctionCall, static m => m.FunctionCall, static (m, v) => m.FunctionCall = v, oneOf: "data")
            .Message("functionResponse", static () => FunctionResponse, static m => m.FunctionResponse, static (m, v) => m.FunctionResponse = v, oneOf: "data")
            .Message("executableCode", static () => ExecutableCode, static m => m.ExecutableCode, static (m, v) => m.ExecutableCode = v, oneOf: "data")
            .Message("codeExecutionResult", static () => CodeExecutionResult, static m => m.CodeExecutionResult, static (m, v) => m.CodeExecutionResult = v, oneOf: "data")
            .Message("toolCall", static () => ServerToolCall, static m => m.ToolCall, static (m, v) => m.ToolCall = v, oneOf: "data")
            .Message("toolResponse", static () => ServerToolResponse, static m => m.ToolResponse, static (m, v) => m.ToolResponse = v, oneOf: "data")
            .Boolean("thought", static m => m.Thought, static (m, v) => m.Thought = v)
            .Bytes("thoughtSignature", static m => m.ThoughtSignature, static (m, v) => m.ThoughtSignature = v)
            .JsonObject("partMetadata", static m => m.PartMetadata, static (m, v) => m.PartMetadata = v)
            .Message("mediaResolution", static () => PartMediaResolution, static m => m.MediaResolution, static (m, v) => m.MediaResolution = v)
            .Message("videoMetadata", static () => VideoMetadata, static m => m.VideoMetadata, static (m, v) => m.VideoMetadata = v)
            .Enum<MediaProcessing>("mediaProcessing", static m => m.MediaProcessing, static (m, v) => m.MediaProcessing = v)
            .Message("speechMetadata", static () => SpeechMetadata, static m => m.SpeechMetadata, static (m, v) => m.SpeechMetadata = v)
            .Message("audioTranscription", static () => Transcription, static m => m.AudioTranscription, static (m, v) => m.AudioTranscription = v);

    internal static MessageType<Protocol.Blob> Blob => field ??=
        new MessageType<Protocol.Blob>()
            .String("mimeType", static m => m.MimeType, static (m, v) => m.MimeType = v)
            .Bytes("data", static m => m.Data, static (m, v) => m.Data = v)
            .String("displayName", static m => m.DisplayName, static (m, v) => m.DisplayName = v);

    internal static MessageType<Protocol.FileData> FileData => field ??=
        new MessageType<Protocol.FileData>()
            .String("fileUri", static m => m.FileUri, static (m, v) => m.FileUri = v)
            .String("mimeType", static m => m.MimeType, static (m, v) => m.MimeType = v)
            .String("displayName", static m => m.DisplayName, static (m, v) => m.DisplayName = v);

    internal static MessageType<Protocol.ExecutableCode> ExecutableCode => field ??=
        new MessageType<Protocol.ExecutableCode>()
            .Enum<CodeLanguage>("language", static m => m.Language, static (m, v) => m.Language = v)
            .String("code", static m => m.Code, static (m, v) => m.Code = v)
            .String("id", static m => m.Id, static (m, v) => m.Id = v);

    internal static MessageType<Protocol.CodeExecutionResult> CodeExecutionResult => field ??=
        new MessageType<Protocol.CodeExecutionResult>()
            .Enum<CodeOutcome>("outcome", static m => m.Outcome, static (m, v) => m.Outcome = v)
            .String("output", static m => m.Output, static (m, v) => m.Output = v)
            .String("id", static m => m.Id, static (m, v) => m.Id = v);

    internal static MessageType<Protocol.ServerToolCall> ServerToolCall => field ??=
        new MessageType<Protocol.ServerToolCall>()
            .String("id", static m => m.Id, static (m, v) => m.Id = v)
            .Enum<ToolType>("toolType", static m => m.ToolType, static (m, v) => m.ToolType = v)
            .JsonObject("args", static m => m.Args, static (m, v) => m.Args = v);

    internal static MessageType<Protocol.ServerToolResponse> ServerToolResponse => field ??=
        new MessageType<Protocol.ServerToolResponse>()
            .String("id", static m => m.Id, static (m, v) => m.Id = v)
            .Enum<ToolType>("toolType", static m => m.ToolType, static (m, v) => m.ToolType = v)
            .JsonObject("response", static m => m.Response, static (m, v) => m.Response = v);

    internal static MessageType<Protocol.PartMediaResolution> PartMediaResolution => field ??=
        new MessageType<Protocol.PartMediaResolution>()
            .Enum<PartMediaResolutionLevel>("level", static m => m.Level, static (m, v) => m.Level = v)
            .Int32("numTokens", static m => m.NumTokens, static (m, v) => m.NumTokens = v);

    internal static MessageType<Protocol.VideoMetadata> VideoMetadata => field ??=
        new MessageType<Protocol.VideoMetadata>()
            .Duration("startOffset", static m => m.StartOffset, static (m, v) => m.StartOffset = v)
            .Duration("endOffset", static m => m.EndOffset, static (m, v) => m.EndOffset = v)
            .Double("fps", static m => m.Fps, static (m, v) => m.Fps = v);

    internal static MessageType<Protocol.SpeechMetadata> SpeechMetadata => field ??=
        new MessageType<Protocol.SpeechMetadata>()
            .String("speaker", static m => m.Speaker, static (m, v) => m.Speaker = v)
            .String("style", static m => m.Style, static (m, v) => m.Style = v);

    internal static MessageType<Protocol.FunctionCall> FunctionCall => field ??=
        new MessageType<Protocol.FunctionCall>()
            .String("id", static m => m.Id, static (m, v) => m.Id = v)
            .String("name", static m => m.Name, static (m, v) => m.Name = v)
            .JsonObject("args", static m => m.Args, static (m, v) => m.Args = v);

    internal static MessageType<Protocol.FunctionResponse> FunctionResponse => field ??=
        new MessageType<Protocol.FunctionResponse>()
            .String("id", static m => m.Id, static (m, v) => m.Id = v)
            .String("name", static m => m.Name, static (m, v) => m.Name = v)
            .JsonObject("response", static m => m.Response, static (m, v) => m.Response = v)
            .Messages("parts", static () => FunctionResponsePart, static m => m.Parts, static (m, v) => m.Parts = v)
            .Enum<Scheduling>("scheduling", static m => m.Scheduling, static (m, v) => m.Scheduling = v)
            .Boolean("willContinue", static m => m.WillContinue, static (m, v) => m.WillContinue = v);

    internal static MessageType<Protocol.FunctionResponsePart> FunctionResponsePart => field ??=
        new MessageType<Protocol.FunctionResponsePart>()
            .Message("inlineData", static () => Blob, static m => m.InlineData, static (m, v) => m.InlineData = v, oneOf: "data")
            .Message("fileData", static () => FileData, static m => m.FileData, static (m, v) => m.FileData = v, oneOf: "data")
            .Enum<MediaProcessing>("mediaProcessing", static m => m.MediaProcessing, static (m, v) => m.MediaProcessing = v);
}
