#include "adapters/cgminer/cgminer_client.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace bitgrid::adapters::cgminer {
namespace {

constexpr std::size_t kMostWaiting = 16;

std::string text_of(const Question& question) {
    nlohmann::json json{{"command", question.command}};
    if (!question.parameter.empty()) json["parameter"] = question.parameter;
    return json.dump();
}

}  // namespace

CgminerClient::CgminerClient(boost::asio::io_context& io, net::Exchanges& exchanges,
                             OneShotConfig config, int pause_ms)
    : io_{io},
      exchanges_{exchanges},
      config_{std::move(config)},
      pause_{pause_ms},
      pause_timer_{io} {}

void CgminerClient::stop() {
    lifeline_.cut();
    if (connection_ != nullptr) connection_->drop();
    connection_.reset();
    current_.reset();
    waiting_.clear();
    pause_timer_.cancel();
    is_pausing_ = false;
}

void CgminerClient::refuse(Job job, const std::string& why) {
    const core::Error error{core::ErrorCode::Refused, config_.host + ": " + why};
    boost::asio::post(io_, lifeline_.guard([error, job = std::move(job)] { job.answer(error); }));
}

void CgminerClient::ask(Question question, Urgency urgency, Answer answer) {
    Job job{std::move(question), urgency, std::move(answer), exchanges_.begin()};
    if (urgency == Urgency::Normal) {
        if (waiting_.size() >= kMostWaiting) return refuse(std::move(job), "too much waits");
        waiting_.push_back(std::move(job));
    } else {
        const auto first_normal = std::find_if(waiting_.begin(), waiting_.end(), [](const Job& j) {
            return j.urgency == Urgency::Normal;
        });
        waiting_.insert(first_normal, std::move(job));
        if (current_ && current_->urgency == Urgency::Normal) {
            connection_->drop();
            connection_.reset();
            refuse(std::move(*current_), "gave way to an urgent command");
            current_.reset();
        }
        is_pausing_ = false;
        pause_timer_.cancel();
    }
    serve_next();
}

void CgminerClient::serve_next() {
    if (current_ || is_pausing_ || waiting_.empty()) return;
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    connection_ = std::make_shared<OneShot>(
        io_, config_, text_of(current_->question),
        lifeline_.guard([this](const core::Result<std::string>& bytes) {
            finish(bytes ? read_reply(*bytes) : core::Result<Reply>{bytes.error()});
        }));
    connection_->begin();
}

void CgminerClient::finish(core::Result<Reply> reply) {
    const Job job = std::move(*current_);
    current_.reset();
    connection_.reset();
    is_pausing_ = true;
    pause_timer_.expires_after(pause_);
    pause_timer_.async_wait(lifeline_.guard([this](const boost::system::error_code& error) {
        if (error) return;
        is_pausing_ = false;
        serve_next();
    }));
    if (!reply && reply.error().code != core::ErrorCode::Unreachable &&
        reply.error().code != core::ErrorCode::Timeout)
        reply = core::Error{reply.error().code,
                            config_.host + ": " + job.question.command + ": " + reply.error().what};
    job.answer(std::move(reply));
}

}  // namespace bitgrid::adapters::cgminer
