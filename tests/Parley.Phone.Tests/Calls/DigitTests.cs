using Parley.Client;
using Parley.Phone.Tests.Support;

namespace Parley.Phone.Tests.Calls;

/// <summary>Keys, hang-up of both sides, and what the application sees.</summary>
public sealed class DigitTests
{
    public static TheoryData<CallerDialect> Carriers => ConversationTests.Carriers;

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Keys_reach_the_application_one_by_one_and_the_model_as_a_row(CallerDialect carrier)
    {
        var handler = new Handler();
        await using var host = await PhoneHost.StartAsync(phone: phone => handler.AddTo(phone));
        await using var caller = await host.CallAsync(carrier);
        var model = await host.SessionAsync();

        var pressed = caller.PressAsync("42#");
        await host.RunAsync(1_000);
        Assert.True(await pressed);
        Assert.Single(model.Messages.Snapshot, static message => message.RealtimeInput?.Text == "[The caller pressed: 4 2 #]");

        // Without an end key, a pause ends the row.
        pressed = caller.PressAsync("7");
        await host.RunAsync(2_600);
        Assert.True(await pressed);
        Assert.Single(model.Messages.Snapshot, static message => message.RealtimeInput?.Text == "[The caller pressed: 7]");
        Assert.Equal("42#7", string.Concat(handler.Digits.Snapshot));
    }

    [Fact]
    public async Task Keys_are_kept_from_the_model_if_the_application_wants_them_alone()
    {
        var handler = new Handler();
        await using var host = await PhoneHost.StartAsync(static options => options.DigitsToModel = false, phone => handler.AddTo(phone));
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        var model = await host.SessionAsync();

        _ = caller.PressAsync("1#");
        await host.RunAsync(3_000);

        Assert.Equal("1#", string.Concat(handler.Digits.Snapshot));
        Assert.Empty(model.Messages.Snapshot);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Caller_who_hangs_up_ends_the_session(CallerDialect carrier)
    {
        var handler = new Handler();
        await using var host = await PhoneHost.StartAsync(phone: phone => handler.AddTo(phone));
        await using var caller = await host.CallAsync(carrier);
        var model = await host.SessionAsync();
        await host.RunAsync(200);

        var end = await caller.HangUpAsync();

        Assert.Equal(1000, end.CloseCode);
        await model.Ended.FirstAsync(static _ => true, "the end of the model's session");
        var ended = await handler.Ended.FirstAsync(static _ => true, "the end of the call");
        Assert.Equal(PhoneCallEndReason.Caller, ended.Reason);
        Assert.Empty(host.Calls.Active);
    }

    [Fact]
    public async Task Connection_that_breaks_ends_the_session_too()
    {
        var handler = new Handler();
        await using var host = await PhoneHost.StartAsync(phone: phone => handler.AddTo(phone));
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        var model = await host.SessionAsync();

        caller.Cut();

        await model.Ended.FirstAsync(static _ => true, "the end of the model's session");
        Assert.Equal(PhoneCallEndReason.Lost, (await handler.Ended.FirstAsync(static _ => true, "the end of the call")).Reason);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Model_hangs_up_when_its_goodbye_was_heard(CallerDialect carrier)
    {
        var handler = new Handler();
        await using var host = await PhoneHost.StartAsync(phone: phone => handler.AddTo(phone));
        await using var caller = await host.CallAsync(carrier);
        var model = await host.SessionAsync();
        Assert.Contains(model.Start.Setup.Tools!, static tool => tool.FunctionDeclarations!.Any(static function => function.Name == "hang_up"));
        await host.RunAsync(100);

        model.Say(ConversationTests.Tone(TimeSpan.FromMilliseconds(800)));
        model.Call("hang_up");
        await host.RunAsync(100);
        Assert.Contains(model.Messages.Snapshot, static message => message.ToolResponse is not null);
        model.CompleteTurn();
        await host.RunAsync(2_800);

        Assert.True(caller.Completion.IsCompleted);
        var end = await caller.Completion;
        Assert.Equal((false, 1000), (end.ByCaller, end.CloseCode));
        Assert.InRange(ConversationTests.Loud(caller.Heard.Samples.ToArray(), 8_000), 0.78, 0.86);
        Assert.InRange(end.At, TimeSpan.FromMilliseconds(2_300), TimeSpan.FromMilliseconds(2_800));
        Assert.Equal(PhoneCallEndReason.Model, (await handler.Ended.FirstAsync(static _ => true, "the end of the call")).Reason);
    }

    [Fact]
    public async Task Interruption_takes_the_hang_up_back()
    {
        await using var host = await PhoneHost.StartAsync();
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        var model = await host.SessionAsync();
        model.Say(ConversationTests.Tone(TimeSpan.FromSeconds(2)));
        model.Call("hang_up");
        await host.RunAsync(300);
        model.CompleteTurn();
        await host.RunAsync(200);

        model.Interrupt();
        await host.RunAsync(6_000);

        Assert.False(caller.Completion.IsCompleted);
    }

    [Fact]
    public async Task Model_that_asks_to_hang_up_and_then_says_nothing_does_not_keep_the_line()
    {
        await using var host = await PhoneHost.StartAsync();
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        var model = await host.SessionAsync();

        model.Call("hang_up");
        await host.RunAsync(100);
        Assert.False(caller.Completion.IsCompleted);
        await host.RunAsync(15_000);

        Assert.True(caller.Completion.IsCompleted);
    }

    [Fact]
    public async Task Application_chooses_setup_sees_updates_and_hangs_up()
    {
        var handler = new Handler { SetUp = static (call, setup) => setup with { SystemInstruction = $"Serve {call.From}.", Tools = null } };
        await using var host = await PhoneHost.StartAsync(phone: phone => handler.AddTo(phone));
        await using var caller = await host.CallAsync(CallerDialect.Telnyx, static options => (options.From, options.To) = ("+14155550100", "+14155550199"));
        var model = await host.SessionAsync();
        Assert.Equal("Serve +14155550100.", model.Instruction);
        Assert.Null(model.Start.Setup.Tools);
        model.CompleteTurn();
        await handler.Updates.FirstAsync(static update => update is TurnCompleteUpdate, "the end of a turn");

        var end = await Assert.Single(host.Calls.Active).HangUpAsync();

        Assert.Equal(PhoneCallEndReason.Application, end.Reason);
        Assert.Equal(1000, (await caller.Completion).CloseCode);
    }

    [Fact]
    public async Task Application_refuses_a_call()
    {
        var handler = new Handler { SetUp = static (_, _) => null };
        await using var host = await PhoneHost.StartAsync(phone: phone => handler.AddTo(phone));
        await using var caller = await host.CallAsync(CallerDialect.Twilio);

        var end = await caller.Completion;

        Assert.Equal((1000, "The application refused the call"), (end.CloseCode, end.Reason));
        Assert.Empty(host.Model.Sessions.Snapshot);
    }

    [Fact]
    public async Task Handler_that_fails_harms_no_call()
    {
        var handler = new Handler { Digit = static _ => throw new InvalidOperationException("of the test") };
        await using var host = await PhoneHost.StartAsync(phone: phone => handler.AddTo(phone));
        host.Host.AllowErrors(static entry => entry.Message.Contains("Handler of call", StringComparison.Ordinal));
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        var model = await host.SessionAsync();

        _ = caller.PressAsync("5#");
        await host.RunAsync(600);

        Assert.False(caller.Completion.IsCompleted);
        Assert.NotEmpty(model.Messages.Snapshot);
    }

    private sealed class Handler : IPhoneCallHandler
    {
        public Func<PhoneCall, LiveSetup, LiveSetup?> SetUp { get; init; } = static (_, setup) => setup;

        public Action<char> Digit { get; init; } = static _ => { };

        public EventLog<char> Digits { get; } = new();

        public EventLog<LiveUpdate> Updates { get; } = new();

        public EventLog<PhoneCallEnd> Ended { get; } = new();

        public void AddTo(PhoneBuilder phone) => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<IPhoneCallHandler>(phone.Services, this);

        public ValueTask<LiveSetup?> SetUpAsync(PhoneCall call, LiveSetup setup, CancellationToken cancellationToken) => new(SetUp(call, setup));

        public ValueTask DigitAsync(PhoneCall call, char digit, CancellationToken cancellationToken)
        {
            Digits.Add(digit);
            Digit(digit);
            return default;
        }

        public ValueTask UpdateAsync(PhoneCall call, LiveUpdate update, CancellationToken cancellationToken)
        {
            Updates.Add(update);
            return default;
        }

        public ValueTask EndedAsync(PhoneCall call, PhoneCallEnd end)
        {
            Ended.Add(end);
            return default;
        }
    }
}
