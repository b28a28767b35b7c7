#include "app/command_manual.hpp"

#include <gmock/gmock.h>

namespace bitgrid::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class CommandManual : public testing::Test {
protected:
    CommandManual() {
        auto* cook = app.add_subcommand("cook", "Make it warm - by fire");
        cook->add_option("--heat", heat, "how hot")->check(CLI::IsMember({"low", "high"}));
        cook->add_option("--pot", pot, ".dot and \\slash first")->default_str("iron");
        cook->add_option("--secret", pot, "for tests")->group("");
        cook->add_flag("-q,--quiet", is_quiet, "no words");
        auto* plate = app.add_subcommand("plate", "Plates");
        plate->add_subcommand("wash", "Clean it");
        app.add_subcommand("hidden", "Not for people")->group("");
    }
    std::string page() const { return manual_page(app, {"chef", "1", "0.1.0", "waiter(8)"}); }

    CLI::App app{"chef: cooks what you like"};
    std::string heat, pot;
    bool is_quiet{false};
};

TEST_F(CommandManual, NamesEveryVerbWithItsOptions) {
    EXPECT_THAT(page(), HasSubstr(".TH CHEF 1 "));
    EXPECT_THAT(page(), HasSubstr("chef \\- cooks what you like"));
    EXPECT_THAT(page(), HasSubstr(".SS chef cook\nMake it warm \\- by fire\n"));
    EXPECT_THAT(page(), HasSubstr(".SS chef plate wash\n"));
    EXPECT_THAT(page(), HasSubstr("\\fB\\-\\-heat\\fR \\fIlow high\\fR\nhow hot\n"));
    EXPECT_THAT(page(), HasSubstr("(default: iron)"));
    EXPECT_THAT(page(), HasSubstr("\\fB\\-q, \\-\\-quiet\\fR\nno words"));
}

TEST_F(CommandManual, LetsNoTextOfTheProgramBecomeAnOrderOfThePage) {
    EXPECT_THAT(page(), HasSubstr("\n\\&.dot and \\eslash first"));
}

TEST_F(CommandManual, LeavesOutWhatTheHelpLeavesOut) {
    EXPECT_THAT(page(), Not(HasSubstr("hidden")));
    EXPECT_THAT(page(), Not(HasSubstr("secret")));
    EXPECT_THAT(bash_completion(app, "chef"), Not(HasSubstr("hidden")));
}

TEST_F(CommandManual, CompletesVerbsOptionsAndAllowedWords) {
    const std::string script = bash_completion(app, "chef");
    EXPECT_THAT(script, HasSubstr("' cook --heat') words='low high' ;;"));
    EXPECT_THAT(script, HasSubstr("' plate') words='wash "));
    EXPECT_THAT(script, HasSubstr("' cook --pot'"));
    EXPECT_THAT(script, HasSubstr("complete -F _chef chef\n"));
}

}  // namespace
}  // namespace bitgrid::app
