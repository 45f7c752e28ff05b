using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Images in the history are bounded in bytes.</summary>
public sealed class HistoryMediaTests
{
    [Fact]
    public void The_oldest_images_are_replaced_by_a_note()
    {
        var talk = Talk.With(options: options => options with { MaxHistoryMediaBytes = 4 });
        for (var i = 0; i < 5; i++)
            talk.Client("""{"clientContent":{"turns":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"BQ=="}}]}]}}""");
        talk.Asks("What did you see?");
        var note = "user: [media no longer available]";
        Assert.Equal([note, note, note, "user: [5]", "user: [5]", "user: What did you see?"], talk.History);
        talk.Finishes();
        Assert.Equal(2 * 258, talk.Usage.PromptTokensDetails!.Single(d => d.Modality == Protocol.Modality.Image).TokenCount);
    }

    [Fact]
    public void A_state_keeps_the_images_it_was_taken_with()
    {
        var talk = Talk.With(options: options => options with { MaxHistoryMediaBytes = 4 });
        talk.Client("""{"clientContent":{"turns":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"BQ=="}}]}]}}""");
        var state = talk.State!;
        for (var i = 0; i < 5; i++)
            talk.Client("""{"clientContent":{"turns":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"BQ=="}}]}]}}""");
        Assert.Equal(["user: [5]"], state.History.Select(Talk.Describe));
    }
}
