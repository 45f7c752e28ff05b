using Parley.Speech.Worker.Recognition;

namespace Parley.Speech.Tests.Recognition;

public sealed class PhoneSimilarityTests
{
    private const string RollTwoDice = "R OW L T UW D AY S";

    [Theory]
    [InlineData(RollTwoDice, 1, 1)]
    [InlineData("R OW L T UW D AY AH T S", 0.75, 0.9)]
    [InlineData("B EH L T UW N AY S", 0.7, 0.9)]
    [InlineData("DH AH W EH DH ER W AA Z N AY S", 0.1, 0.5)]
    [InlineData("", 0, 0.2)]
    public void Near_misses_are_more_alike_than_other_sentences(string heard, double least, double most) =>
        Assert.InRange(PhoneSimilarity.Of(Split(RollTwoDice), Split(heard)), least, most);

    [Fact]
    public void Similarity_is_symmetric()
    {
        var random = new Random(5);
        string[] phones = ["P", "B", "S", "Z", "IY", "AH", "OW", "L", "R", "N"];
        for (var i = 0; i < 200; i++)
        {
            string[] a = [.. Enumerable.Range(0, random.Next(9)).Select(_ => phones[random.Next(phones.Length)])];
            string[] b = [.. Enumerable.Range(0, random.Next(9)).Select(_ => phones[random.Next(phones.Length)])];
            Assert.Equal(PhoneSimilarity.Of(a, b), PhoneSimilarity.Of(b, a), 9);
        }
    }

    [Theory]
    [InlineData("SIL", false)]
    [InlineData("+NOISE+", false)]
    [InlineData("AA", true)]
    public void Silence_and_noise_are_no_phones(string text, bool expected) => Assert.Equal(expected, PhoneSimilarity.IsPhone(text));

    private static string[] Split(string phones) => phones.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
