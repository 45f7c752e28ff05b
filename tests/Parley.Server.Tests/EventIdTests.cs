using System.Reflection;

namespace Parley.Server.Tests;

public sealed class EventIdTests
{
    [Fact]
    public void No_event_id_is_used_twice()
    {
        var ids = typeof(LiveApiOptions).Assembly.GetType("Parley.Server.EventIds")!
            .GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(field => (int)field.GetRawConstantValue()!)
            .ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct().Count(), ids.Count);
    }
}
