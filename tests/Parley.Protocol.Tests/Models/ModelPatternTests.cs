using Parley.Protocol.Models;

namespace Parley.Protocol.Tests.Models;

public sealed class ModelPatternTests
{
    [Theory]
    [InlineData("abc", "a*c", true)]
    [InlineData("abc", "*", true)]
    [InlineData("abc", "a*b", false)]
    [InlineData("aXbXc", "a*b*c", true)]
    [InlineData("a", "a*a", false)]
    public void Star_matches_any_characters(string id, string pattern, bool fits) => Assert.Equal(fits, ModelPattern.IsMatch(id, pattern));

    [Fact]
    public void Id_longer_than_any_model_matches_nothing() => Assert.False(ModelPattern.IsMatch(new string('a', 129), "*"));
}
