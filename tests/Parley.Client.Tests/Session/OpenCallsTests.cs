using CsCheck;
using Parley.Client.Session;
using Parley.Protocol;

namespace Parley.Client.Tests.Session;

public class OpenCallsTests
{
    private enum Step
    {
        Call,
        Answer,
        Continue,
        Cancel,
        Checkpoint,
        Resume,
    }

    [Fact]
    public void Answer_without_an_id_is_of_the_open_call_of_its_function()
    {
        var calls = new OpenCalls();
        calls.TryAdd(new FunctionCall { Name = "blocks" });
        calls.TryAdd(new FunctionCall { Name = "goes_on" }, isBlocking: false);

        Assert.True(calls.IsBlocking(new FunctionResponse { Name = "blocks" }));
        Assert.False(calls.IsBlocking(new FunctionResponse { Name = "goes_on" }));
    }

    /// <summary>
    /// In any sequence of events, no call is answered twice, after a cancellation, or on a connection that does not know it.
    /// </summary>
    [Fact]
    public void No_call_is_answered_twice_or_after_it_was_cancelled_or_lost() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 5]).Array[1, 80].Sample(static steps =>
        {
            var calls = new OpenCalls();
            var (known, final, held) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
            var (dead, lost) = (new HashSet<string>(), new HashSet<string>());
            foreach (var (step, number) in steps)
            {
                var id = $"{number}";
                var response = new FunctionResponse { Id = id, WillContinue = step == Step.Continue ? true : null };
                switch (step)
                {
                    case Step.Call:
                        Assert.Equal(known.Add(id) || lost.Contains(id), calls.TryAdd(new FunctionCall { Id = id }));
                        // A lost call may be made again with the same id.
                        if (!lost.Remove(id))
                            break;
                        dead.Remove(id);
                        final.Remove(id);
                        held.Remove(id);
                        break;
                    case Step.Answer or Step.Continue:
                        Assert.Equal(!final.Contains(id) && !dead.Contains(id), calls.MayAnswer(response));
                        if (!calls.MayAnswer(response))
                            break;
                        calls.Answered(response);
                        if (step == Step.Answer && known.Contains(id))
                            final.Add(id);
                        break;
                    case Step.Cancel when known.Contains(id) && !final.Contains(id):
                        calls.Cancel(id);
                        dead.Add(id);
                        break;
                    case Step.Checkpoint:
                        calls.Checkpoint();
                        held.UnionWith(known.Except(lost));
                        break;
                    case Step.Resume:
                        var (open, answered) = calls.Resume(isResumed: true);
                        var now = known.Except(held).Except(dead).ToList();
                        Assert.Equal(now.Order(), open.Concat(answered).Select(static call => call.Id!).Order());
                        dead.UnionWith(now);
                        lost.UnionWith(now);
                        break;
                }
                Assert.Equal(known.Except(final).Except(dead).Count(), calls.Count);
            }
        });
}
