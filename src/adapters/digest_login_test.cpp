#include "adapters/digest_login.hpp"

#include <gmock/gmock.h>

using namespace bitgrid;
using namespace bitgrid::adapters;
using testing::HasSubstr;

namespace {

// The example of RFC 7616, section 3.9.1.
const char* kExample =
    R"(Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, )"
    R"(nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", )"
    R"(opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")";

TEST(DigestLogin, AnswersTheExampleOfTheStandard) {
    const auto challenge = read_challenge(kExample);
    ASSERT_TRUE(challenge);
    const std::string answer =
        answer_challenge(*challenge, {"Mufasa", "Circle of Life"}, {"GET", "/dir/index.html"}, 1,
                         "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
    EXPECT_THAT(answer, HasSubstr("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8"
                                  "db5856cb6c1\""));
    EXPECT_THAT(answer, HasSubstr("nc=00000001"));
}

TEST(DigestLogin, TakesANewClientNonceEachTime) {
    const auto challenge = read_challenge(kExample);
    ASSERT_TRUE(challenge);
    EXPECT_NE(answer_challenge(*challenge, {"a", "b"}, {"GET", "/"}, 1),
              answer_challenge(*challenge, {"a", "b"}, {"GET", "/"}, 1));
}

TEST(DigestLogin, RefusesOtherLoginsByName) {
    EXPECT_THAT(read_challenge("Basic realm=\"x\"").error().what, HasSubstr("another login"));
    EXPECT_THAT(read_challenge("Digest realm=\"x\", nonce=\"1\", qop=\"auth\"").error().what,
                HasSubstr("SHA-256"));
    EXPECT_THAT(read_challenge("Digest algorithm=SHA-256, qop=\"auth\"").error().what,
                HasSubstr("nonce"));
}

TEST(DigestLogin, LetsNothingHostileIntoItsOwnHeader) {
    const std::string text = kExample;
    for (std::size_t n = 0; n <= text.size(); ++n) (void)read_challenge(text.substr(0, n));
    EXPECT_FALSE(read_challenge("Digest algorithm=SHA-256, qop=auth, nonce=\"a\r\nX: y\""));
    EXPECT_FALSE(read_challenge(std::string(100'000, ',')));
    EXPECT_FALSE(read_challenge("Digest " + std::string(3000, '=')));
}

}  // namespace
