#include "api/rejections.hpp"

namespace bitgrid::api {
namespace {

bool is_bad_input(int status) {
    switch (status) {
        case 400:
        case 401:
        case 403:
        case 413:
        case 415:
        case 421:
        case 422:
        case 429:
        case 431:
            return true;
        default:
            return false;
    }
}

}  // namespace

void Rejections::saw(const Problem& problem, const std::string& peer) {
    if (health_ == nullptr || !is_bad_input(problem.status)) return;
    health_->rejected("api", {core::ErrorCode::BadInput, problem.code + " from " + peer});
}

}  // namespace bitgrid::api
