using Parley.Conversation.Tests.Kit;
using Xunit;

namespace Parley.Conversation.Tests;

/// <summary>Extended thinking: turnComplete says whether the interaction is over.</summary>
public sealed class InteractionStatusTests
{
    private static readonly string Functions = Talk.Functions(Talk.Declare("alarm", "NON_BLOCKING"));

    [Fact]
    public void A_turn_without_open_calls_ends_the_interaction()
    {
        var talk = Talk.With(options: Reports);
        talk.Types("Hello");
        talk.Finishes();
        talk.Expect("generate 1", "generationComplete", "turnComplete IDLE");
    }

    [Fact]
    public void An_open_call_keeps_it_going()
    {
        var talk = Talk.With(Functions, Reports);
        talk.Types("Wake me");
        talk.Calls("alarm");
        talk.Expect("generate 1", "toolCall call-1:alarm", "generationComplete", "turnComplete IN_PROGRESS");
        talk.Responds(Talk.Result("call-1"));
        talk.Finishes();
        talk.Expect("generate 2", "generationComplete", "turnComplete IDLE");
    }

    [Fact]
    public void Other_models_do_not_say()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me");
        talk.Calls("alarm");
        talk.Expect("generate 1", "toolCall call-1:alarm", "generationComplete", "turnComplete");
    }

    private static ConversationOptions Reports(ConversationOptions options) => options with { ReportsInteractionStatus = true };
}
