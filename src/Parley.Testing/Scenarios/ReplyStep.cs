using System.Net.WebSockets;
using Parley.Audio;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Scenarios;

/// <summary>One step of a reply.</summary>
internal abstract record ReplyStep
{
    /// <summary>Runs the step; false if the reply goes no further for now (function calls) or for good (close).</summary>
    internal abstract ValueTask<bool> RunAsync(ReplyContext reply);
}

internal sealed record SayStep(string? Text, WavFile? Recording, SpokenReply Speech) : ReplyStep
{
    internal override async ValueTask<bool> RunAsync(ReplyContext reply)
    {
        if (reply.AnswersInText && Text is not null)
        {
            reply.Say(default, Text);
            return true;
        }
        var pcm = Recording is null ? reply.Voice(Text!, Speech.Duration) : Rates.ToOutput(Recording);
        await reply.SpeakAsync(pcm, Text, Speech).ConfigureAwait(false);
        return true;
    }
}

internal sealed record ThinkStep(string Text) : ReplyStep
{
    internal override ValueTask<bool> RunAsync(ReplyContext reply)
    {
        reply.Think(Text);
        return new(true);
    }
}

internal sealed record CallStep(IReadOnlyList<ScriptedCall> Calls) : ReplyStep
{
    internal override ValueTask<bool> RunAsync(ReplyContext reply)
    {
        reply.Call(Calls);
        return new(false);
    }
}

internal sealed record WaitStep(TimeSpan Time) : ReplyStep
{
    internal override async ValueTask<bool> RunAsync(ReplyContext reply)
    {
        await reply.DelayAsync(Time).ConfigureAwait(false);
        return true;
    }
}

internal sealed record SendStep(LiveSessionResponse Message) : ReplyStep
{
    internal override ValueTask<bool> RunAsync(ReplyContext reply)
    {
        reply.Output.Send(Message);
        return new(true);
    }
}

internal sealed record RawStep(ReadOnlyMemory<byte> Message, WebSocketMessageType Type) : ReplyStep
{
    internal override ValueTask<bool> RunAsync(ReplyContext reply)
    {
        reply.Output.Send(new WireMessage(Message, Type));
        return new(true);
    }
}

internal sealed record CloseStep(int Code, string Reason) : ReplyStep
{
    internal override ValueTask<bool> RunAsync(ReplyContext reply)
    {
        reply.Output.Close(new LiveClose(Code, Reason));
        return new(false);
    }
}

internal sealed record EchoStep : ReplyStep
{
    internal override async ValueTask<bool> RunAsync(ReplyContext reply)
    {
        await reply.EchoAsync().ConfigureAwait(false);
        return true;
    }
}

internal sealed record ActionStep(Func<UserTurn, CancellationToken, Task> Action) : ReplyStep
{
    internal override async ValueTask<bool> RunAsync(ReplyContext reply)
    {
        await Action(reply.Turn, reply.Cancellation).ConfigureAwait(false);
        return true;
    }
}

internal sealed record OpenStep : ReplyStep
{
    internal override ValueTask<bool> RunAsync(ReplyContext reply) => new(false);
}
